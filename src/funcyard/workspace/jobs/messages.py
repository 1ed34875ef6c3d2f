"""The queue of syncs: a message holds nothing but whose and which.

It wakes who runs syncs, and whoever is woken runs everything that waits in the scope. So one
message is enough for all jobs that are kept before it can be seen.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections import defaultdict
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import TextBase64EncodePolicy

from funcyard.azure.errors import azure_errors
from funcyard.errors import UserError
from funcyard.workspace.scopes import InvalidScopeError, Scope

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueServiceClient

QUEUE: Final = "github-sync-jobs"
POISON_QUEUE: Final = f"{QUEUE}-poison"


class MessageError(UserError):
    """The message names no job."""

    code = "sync-message"


class Messages:
    """The sending end, encoded as the Functions host expects it: base64.

    Args:
        service: The account's queue service. The caller closes it.
        name: The queue's.
        together: Within so many seconds a second message of a scope is seen only after as many
            more, and is enough for all that follow until then. For who runs at once what is asked
            for: then messages count only where that process dies.
    """

    def __init__(
        self, service: QueueServiceClient, name: str = QUEUE, *, together: int = 0
    ) -> None:
        self._queue = service.get_queue_client(name, message_encode_policy=TextBase64EncodePolicy())
        self._making = asyncio.Lock()
        self._together = together
        self._turns: defaultdict[Scope, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._seen_at: dict[Scope, float] = {}

    async def wake(self, scope: Scope, job: str) -> None:
        """Have a job run that was just kept: by a message, or by one that is still to be seen.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        async with self._turns[scope]:
            now, seen_at = monotonic(), self._seen_at.get(scope, -math.inf)
            if now < seen_at:
                return
            delay = self._together if now - seen_at < self._together else 0
            await self.send(scope, job, delay)
            self._seen_at[scope] = now + delay

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
