"""Time as the engine sees it: a value, so that a deployment can run in the time of a loop."""

from __future__ import annotations

import asyncio
from typing import Protocol


class Clock(Protocol):
    """Tells time and waits."""

    def now(self) -> float:
        """Return seconds since some moment; they never go back."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The time of the running loop, which is this machine's."""

    def now(self) -> float:
        """Return seconds since some moment; they never go back."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
