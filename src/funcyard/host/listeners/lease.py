"""One taken message: kept invisible while it is worked on, then deleted or put back.

Its visibility is renewed at half its time. A renewal changes the receipt that deletion needs, so
deletion waits for a renewal under way.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from azure.storage.queue import QueueMessage
    from azure.storage.queue.aio import QueueClient

LEASE_SECONDS = 30
"""How long a message stays invisible without renewal.

Azure takes ten minutes; here a host that was killed shall not keep its messages that long.
"""

_ROUNDS = 5
_UNREACHABLE = (ServiceRequestError, ServiceResponseError, asyncio.TimeoutError)
"""What the client raises when the service does not answer."""


class Lease:
    """A message taken from a queue, held until :meth:`delete` or :meth:`put_back`."""

    def __init__(self, queue: QueueClient, message: QueueMessage, seconds: float) -> None:
        self.message = message
        self._queue = queue
        self._receipt = message.pop_receipt or ""
        self._seconds = seconds
        self._over = False
        self._renewal: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(seconds / 2, self._renew)

    async def delete(self) -> None:
        """Remove the message from the queue.

        Raises:
            AzureError: The queue refused, as when the message was taken by another meanwhile.
        """
        await self._end()
        await self._persistently(lambda: self._queue.delete_message(self.message.id, self._receipt))

    async def put_back(self, delay: float) -> None:
        """Make the message visible again after ``delay`` seconds.

        Raises:
            AzureError: The queue refused.
        """
        await self._end()
        await self._persistently(
            lambda: self._queue.update_message(
                self.message.id, self._receipt, visibility_timeout=int(delay)
            )
        )

    async def _end(self) -> None:
        self._over = True
        self._timer.cancel()
        if self._renewal:
            await self._renewal

    def _renew(self) -> None:
        self._renewal = asyncio.get_running_loop().create_task(self._extend())

    async def _extend(self) -> None:
        try:
            renewed = await self._queue.update_message(
                self.message.id, self._receipt, visibility_timeout=int(self._seconds)
            )
            self._receipt = renewed.pop_receipt or ""
        except HttpResponseError:
            return  # it is no longer ours; deletion will say so
        except AzureError:
            pass  # the service is away: the next renewal tries again
        if not self._over:
            pause = self._seconds / 2
            self._timer = asyncio.get_running_loop().call_later(pause, self._renew)

    async def _persistently(self, request: Callable[[], Awaitable[object]]) -> None:
        """Ask again while the service is away: it may be restarting."""
        for _ in range(_ROUNDS):
            try:
                await request()
            except _UNREACHABLE:
                continue
            return
        await request()
