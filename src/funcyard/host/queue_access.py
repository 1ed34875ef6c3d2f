"""Queues as triggers and outputs use them: names checked, made when missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from funcyard.errors import UserError
from funcyard.host.setting_names import resolve_settings
from funcyard.host.storage_names import QUEUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.storage.queue.aio import QueueClient


class QueueNameError(UserError):
    """A binding names a queue that cannot exist."""

    code = "queue-name"


def queue_name(text: str, settings: Mapping[str, str]) -> str:
    """Return the queue a binding names, in lower case as the real host takes it.

    Raises:
        QueueNameError: It breaks the rules of
            https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata
        SettingMissingError: It refers to a missing setting.
    """
    name = resolve_settings(text, settings).lower()
    if not QUEUE.fullmatch(name):
        raise QueueNameError(
            f"{name!r} cannot name a queue",
            hint="3 to 63 small letters, digits and single hyphens (a poison queue adds 7)",
        )
    return name


async def ensure_queue(queue: QueueClient) -> None:
    """Create a queue unless it exists."""
    try:
        await queue.create_queue()
    except ResourceExistsError:
        return


async def send(queue: QueueClient, content: str) -> None:
    """Put a message's text on a queue as it is, making the queue when it is missing."""
    try:
        await queue.send_message(content)
    except ResourceNotFoundError:
        await ensure_queue(queue)
        await queue.send_message(content)
