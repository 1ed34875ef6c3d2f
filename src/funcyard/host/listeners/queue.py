"""The queue trigger: each message of a queue becomes a run of one function.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.host.bindings.expressions import json_data
from funcyard.host.invocation import NoWorkerError, Value, WorkerLost
from funcyard.host.listeners.pacing import Backoff
from funcyard.host.listeners.pump import Limits, QueuePump, Verdict
from funcyard.host.listeners.trouble import Trouble
from funcyard.host.message_text import NotEncodedError, decode_message
from funcyard.host.queue_access import queue_name

if TYPE_CHECKING:
    from datetime import datetime

    from azure.storage.queue import QueueMessage

    from funcyard.functions.model import Function
    from funcyard.host.listeners.listener import ListenerContext

POISON_SUFFIX = "-poison"


class QueueListener:
    """Runs a function for each message of its queue.

    Args:
        function: A function with a ``queueTrigger``.
        context: What it may use of its app.

    Raises:
        QueueNameError: The queue's name is invalid.
        ConnectionMissingError: The connection's setting is missing.
        SettingMissingError: The queue's or connection's name refers to a missing setting.
    """

    def __init__(self, function: Function, context: ListenerContext) -> None:
        self._function = function
        self._context = context
        self._binary = str(function.trigger.get("dataType") or "").lower() == "binary"
        trigger, options = function.trigger, context.host_json.queues
        name = queue_name(str(trigger.get("queueName") or ""), context.settings)
        service = context.storage.queues(str(trigger.get("connection") or ""))
        poison = None
        if not name.endswith(POISON_SUFFIX):
            poison = service.get_queue_client(queue_name(name + POISON_SUFFIX, {}))
        self._trouble = Trouble(context.events, context.app, function.name, f"queue {name}")
        self._pump = QueuePump(
            service.get_queue_client(name),
            poison,
            Limits(
                batch_size=options.batch_size,
                new_batch_threshold=options.new_batch_threshold,
                max_dequeue_count=options.max_dequeue_count,
                retry_seconds=options.visibility_timeout,
            ),
            backoff=Backoff(options.max_polling_interval),
            handle=self._run,
            dispatcher=context.dispatcher,
            suspects=context.suspects,
            trouble=self._trouble,
        )

    async def start(self) -> None:
        """Begin to poll; the queue is made when missing."""
        self._pump.start()

    async def stop(self) -> None:
        """Take nothing new and wait for what runs."""
        await self._pump.stop()

    async def _run(self, message: QueueMessage) -> Verdict:
        encoding = self._context.host_json.queues.message_encoding
        try:
            body = decode_message(str(message.content), encoding)
        except NotEncodedError as fault:
            # As in Azure, no retry can help: https://github.com/Azure/azure-sdk-for-net/pull/18326
            self._trouble.say(
                "error",
                f"message {message.id}: {fault}; host.json has messageEncoding {encoding}",
            )
            return Verdict.POISON
        try:
            outcome = await self._context.dispatcher.run(
                self._function,
                trigger_value(body, binary=self._binary),
                metadata=trigger_metadata(message, body),
                data=binding_data(message, body),
            )
        except NoWorkerError:
            return Verdict.NOT_YET
        except WorkerLost:
            return Verdict.LOST
        return Verdict.FAILED if outcome.failed else Verdict.DONE


def trigger_value(body: bytes, *, binary: bool) -> Value:
    """Return a message's value: text where it is UTF-8 and bytes are not asked for."""
    if not binary:
        try:
            body.decode()
        except UnicodeDecodeError:
            binary = True
    return Value("bytes" if binary else "string", body)


def trigger_metadata(message: QueueMessage, body: bytes) -> dict[str, Any]:
    """Return the metadata that azure-functions makes a ``QueueMessage`` of."""
    return {
        "QueueTrigger": body.decode(errors="replace"),
        "DequeueCount": message.dequeue_count or 1,
        "Id": message.id,
        "PopReceipt": message.pop_receipt or "",
        "ExpirationTime": _moment(message.expires_on),
        "InsertionTime": _moment(message.inserted_on),
        "NextVisibleTime": _moment(message.next_visible_on),
    }


def binding_data(message: QueueMessage, body: bytes) -> dict[str, str]:
    """Return what expressions may name: the message's properties, and those of a JSON object.

    A property of the object wins over the message's own of the same name, as in the real host
    (``QueueTriggerBinding.CreateBindingData`` of the WebJobs SDK).
    """
    text = body.decode(errors="replace")
    return {
        "queueTrigger": text,
        "dequeueCount": str(message.dequeue_count or 1),
        "id": message.id,
        "popReceipt": message.pop_receipt or "",
        "expirationTime": _moment(message.expires_on),
        "insertionTime": _moment(message.inserted_on),
        "nextVisibleTime": _moment(message.next_visible_on),
        **json_data(text),
    }


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value else ""
