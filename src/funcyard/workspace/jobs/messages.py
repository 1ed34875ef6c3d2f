"""The queue of syncs: a message holds nothing but whose and which."""

from __future__ import annotations

import asyncio
import json
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import TextBase64EncodePolicy

from funcyard.azure.errors import azure_errors
from funcyard.errors import UserError
from funcyard.workspace.scopes import InvalidScopeError, Scope

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueServiceClient

QUEUE: Final = "github-sync-jobs"


class MessageError(UserError):
    """The message names no job."""

    code = "sync-message"


class Messages:
    """The sending end, encoded as the Functions host expects it: base64.

    Args:
        service: The account's queue service. The caller closes it.
        name: The queue's.
    """

    def __init__(self, service: QueueServiceClient, name: str = QUEUE) -> None:
        self._queue = service.get_queue_client(name, message_encode_policy=TextBase64EncodePolicy())
        self._making = asyncio.Lock()

    async def send(self, scope: Scope, job: str, delay: float = 0) -> None:
        """Have a job run, after a delay in seconds.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        text = json.dumps({"scope": scope.name, "jobId": job})
        with azure_errors("queueing the sync"):
            try:
                await self._put(text, delay)
            except ResourceNotFoundError:
                async with self._making:
                    with suppress(ResourceExistsError):
                        await self._queue.create_queue()
                await self._put(text, delay)

    async def _put(self, text: str, delay: float) -> None:
        await self._queue.send_message(
            text, visibility_timeout=math.ceil(max(delay, 0)), time_to_live=-1
        )


def parse(text: str) -> tuple[Scope, str]:
    """Return scope and job of a message.

    Raises:
        MessageError: It is none of ours.
    """
    try:
        values = json.loads(text)
        scope, job = values["scope"], values["jobId"]
        if isinstance(scope, str) and isinstance(job, str) and job:
            return Scope(scope), job
    except (ValueError, KeyError, TypeError, InvalidScopeError):
        pass
    raise MessageError("the message names no job")
