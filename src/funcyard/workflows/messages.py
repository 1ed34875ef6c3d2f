"""The queue of asynchronous executions: a message holds nothing but whose and which.

What is to run lies in the table. A message that comes twice, late or for an execution that is over
does no harm; one that is lost is sent again by recovery.
"""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import TextBase64EncodePolicy

from funcyard.azure.errors import azure_errors
from funcyard.errors import UserError

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueServiceClient

QUEUE: Final = "workflow-executions"
POISON_QUEUE: Final = f"{QUEUE}-poison"


class MessageError(UserError):
    """The message names no execution."""

    code = "workflow-message"


class Messages:
    """The sending end, encoded as the Functions host expects it: base64."""

    def __init__(self, service: QueueServiceClient) -> None:
        self._queue = service.get_queue_client(
            QUEUE, message_encode_policy=TextBase64EncodePolicy()
        )

    async def provision(self) -> None:
        """Make the queue where it is not there."""
        with azure_errors("making the queue of executions"), suppress(ResourceExistsError):
            await self._queue.create_queue()

    async def send(self, organization: str, execution: str, delay: float = 0) -> None:
        """Have an execution run, after a delay in seconds."""
        text = json.dumps({"organization": organization, "execution": execution})
        with azure_errors("queueing the execution"):
            await self._queue.send_message(
                text, visibility_timeout=math.ceil(delay), time_to_live=-1
            )


def parse(text: str) -> tuple[str, str]:
    """Return organisation and execution of a message.

    Raises:
        MessageError: It is none of ours.
    """
    try:
        values = json.loads(text)
        organization, execution = values["organization"], values["execution"]
    except (ValueError, KeyError, TypeError):
        raise MessageError("the message names no execution") from None
    if not isinstance(organization, str) or not isinstance(execution, str):
        raise MessageError("the message names no execution")
    return organization, execution
