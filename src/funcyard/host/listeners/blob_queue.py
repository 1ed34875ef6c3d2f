"""The queue between finding blobs and running functions for them, one per app.

It gives blobs what queues have: tries that are counted across restarts, poison, and work that comes
back when a worker or a host dies. Its name and its messages are those of the real host.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from funcyard.host.listeners.pacing import Backoff
from funcyard.host.listeners.pump import Limits, QueuePump, Verdict
from funcyard.host.listeners.receipts import BlobVersion
from funcyard.host.listeners.trouble import Trouble
from funcyard.host.message_text import NotEncodedError, decode_message, encode_message
from funcyard.host.queue_access import queue_name, send

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from azure.storage.queue import QueueMessage

    from funcyard.host.listeners.listener import ListenerContext
    from funcyard.host.storage import StorageAccounts

POISON_QUEUE = "webjobs-blobtrigger-poison"

_POLL_SECONDS = 2.0
"""A blob that was found is announced in the process; polling serves tries and restarts."""

_FUNCTION_ID = "Host.Functions."
_BLOB_TYPE = "BlockBlob"


@dataclass(frozen=True, slots=True)
class Registration:
    """A function's share in the queue.

    Attributes:
        run: Runs the function for a version of a blob.
        gave_up: Told when a version has become poison, before it is moved.
    """

    run: Callable[[BlobVersion], Awaitable[Verdict]]
    gave_up: Callable[[BlobVersion], Awaitable[None]]


class BlobQueue:
    """The queue of one app; see :meth:`shared`."""

    def __init__(self, context: ListenerContext, forget: Callable[[], object]) -> None:
        service = context.storage.queues()
        name = queue_name(f"azure-webjobs-blobtrigger-{context.host_id}", {})
        options = context.host_json.blobs
        self._queue = service.get_queue_client(name)
        self._encoding = context.host_json.queues.message_encoding
        self._functions: dict[str, Registration] = {}
        self._running: set[tuple[str, BlobVersion]] = set()
        self._max_tries = options.poison_blob_threshold
        self._forget = forget
        batch = min(options.max_degree_of_parallelism, 32)
        self._pump = QueuePump(
            self._queue,
            service.get_queue_client(POISON_QUEUE),
            Limits(batch, batch // 2, self._max_tries),
            backoff=Backoff(None, _POLL_SECONDS),
            handle=self._handle,
            dispatcher=context.dispatcher,
            suspects=context.suspects,
            trouble=Trouble(context.events, context.app, "", f"queue {name}"),
        )

    @classmethod
    def shared(cls, context: ListenerContext) -> BlobQueue:
        """Return the queue that an app's functions share, to be joined at once.

        Raises:
            ConnectionMissingError: AzureWebJobsStorage is missing.
        """
        queues = _QUEUES.setdefault(context.storage, {})
        if context.host_id not in queues:
            queues[context.host_id] = cls(context, lambda: queues.pop(context.host_id))
        return queues[context.host_id]

    def join(self, function: str, registration: Registration) -> None:
        """Let a function's messages come; the first function starts the polling."""
        if not self._functions:
            self._pump.start()
        self._functions[function] = registration

    async def leave(self, function: str) -> None:
        """End a function's share; the last one waits for what runs."""
        self._functions.pop(function, None)
        if not self._functions:
            self._forget()
            await self._pump.stop()

    async def put(self, function: str, version: BlobVersion) -> None:
        """Queue a version of a blob for a function.

        Raises:
            AzureError: The service refuses or is away.
        """
        body = json.dumps(
            {
                "Type": "BlobTrigger",
                "FunctionId": f"{_FUNCTION_ID}{function}",
                "BlobType": _BLOB_TYPE,
                "ContainerName": version.container,
                "BlobName": version.name,
                "ETag": f'"{version.etag}"',
            }
        )
        await send(self._queue, encode_message(body.encode(), self._encoding))
        self._pump.nudge()

    async def _handle(self, message: QueueMessage) -> Verdict:
        """Run a message's function; one that names none is thrown away, as in the real host."""
        try:
            document = json.loads(decode_message(str(message.content), self._encoding))
            function = str(document["FunctionId"]).removeprefix(_FUNCTION_ID)
            etag = str(document["ETag"]).strip('"')
            version = BlobVersion(str(document["ContainerName"]), str(document["BlobName"]), etag)
        except (NotEncodedError, ValueError, KeyError, TypeError):
            return Verdict.DONE
        tries = message.dequeue_count or 1
        registration = self._functions.get(function)
        if registration is None:
            # It may join in a moment; one that was removed from the app never does.
            return Verdict.NOT_YET if tries < self._max_tries else Verdict.DONE
        if (function, version) in self._running:
            return Verdict.NOT_YET
        self._running.add((function, version))
        try:
            verdict = await registration.run(version)
        finally:
            self._running.discard((function, version))
        if verdict in (Verdict.FAILED, Verdict.LOST) and tries >= self._max_tries:
            await registration.gave_up(version)
        return verdict


_QUEUES: WeakKeyDictionary[StorageAccounts, dict[str, BlobQueue]] = WeakKeyDictionary()
"""By storage and host id: the listeners of one app are made one by one."""
