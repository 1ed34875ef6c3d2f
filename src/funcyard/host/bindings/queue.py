"""Queue outputs: one message for a value, one each for the items of a list.

As in Azure, text that is a JSON array counts as a list
(https://github.com/Azure/azure-functions-python-worker/issues/1492), and a ``QueueMessage`` of
azure-functions, which arrives as an object of ``id`` and ``body``, is its body.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-output
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from funcyard.host.bindings.binder import BindingError
from funcyard.host.message_text import encode_message
from funcyard.host.queue_access import queue_name, send

if TYPE_CHECKING:
    from funcyard.functions.model import Binding
    from funcyard.host.bindings.binder import Binder
    from funcyard.host.invocation import Value


async def write_queue(binding: Binding, binder: Binder, value: Value) -> None:
    """Put a value on the queue, which is made when missing.

    Raises:
        BindingError: The value cannot be a message.
        FuncyardError: The queue's name or the connection cannot be resolved.
        AzureError: The service refuses or is away.
    """
    name = queue_name(binder.required(binding, "queueName"), {})
    service = binder.storage.queues(str(binding.get("connection") or ""))
    queue = service.get_queue_client(name)
    encoding = binder.host_json.queues.message_encoding
    try:
        texts = [encode_message(body, encoding) for body in messages_of(value)]
    except ValueError as fault:
        raise BindingError(f"{binder.function}: {binding.name}: {fault}") from fault
    for text in texts:
        await send(queue, text)


def messages_of(value: Value) -> list[bytes]:
    """Return the bodies of the messages that an output's value means."""
    if value.type == "bytes":
        return [value.body]
    if value.type == "string" and not value.body.lstrip().startswith(b"["):
        return [value.body]
    try:
        document = json.loads(value.body)
    except ValueError:
        return [value.body]
    if isinstance(document, list):
        return [_body(item) for item in document]
    return [_body(document)] if value.type == "json" else [value.body]


def _body(item: Any) -> bytes:  # noqa: ANN401 - any JSON value
    if isinstance(item, dict) and item.keys() == {"id", "body"} and isinstance(item["body"], str):
        item = item["body"]
    text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
    return text.encode()
