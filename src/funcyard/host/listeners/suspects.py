"""Messages whose worker died under them: each is tried again alone.

When a worker dies, every message that it was running comes back, and only one of them need be to
blame. Tried together again, that one would take the innocent with it until all are poison. So from
then on they run one at a time, whichever trigger of the app they belong to, until each has an
outcome: an innocent message is hit once.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Suspects:
    """The suspects of one app."""

    def __init__(self) -> None:
        self._messages: set[str] = set()
        self._alone = asyncio.Lock()

    def add(self, message: str) -> None:
        """Note the id of a message whose worker died under it."""
        self._messages.add(message)

    def clear(self, message: str) -> None:
        """Forget a message: it has an outcome."""
        self._messages.discard(message)

    @contextlib.asynccontextmanager
    async def turn(self, message: str) -> AsyncIterator[None]:
        """Enter when the message may run: at once, or as the only suspect."""
        if message in self._messages:
            async with self._alone:
                yield
        else:
            yield
