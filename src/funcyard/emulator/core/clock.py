"""The time of the local Azure: the time of day, and delays that a scale shortens."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time, and how long here what takes Azure some seconds takes.

    Attributes:
        scale: How many seconds of Azure's work pass in one of this machine.
        time: Returns the time of day in seconds.
    """

    scale: float = 1.0
    time: Callable[[], float] = time.time

    def after(self, seconds: float) -> float:
        """Return the time of day at which work of so many of Azure's seconds is over."""
        return self.time() + seconds / self.scale

    async def until(self, moment: float) -> None:
        """Wait for a time of day."""
        while (left := moment - self.time()) > 0:  # noqa: ASYNC110 - nothing tells that time passed
            await asyncio.sleep(left)

    async def passing(self, seconds: float) -> None:
        """Wait for so many of Azure's seconds."""
        await self.until(self.after(seconds))

    def retry_after(self, seconds: float) -> dict[str, str]:
        """Return the headers that tell a client to ask again after so many of Azure's seconds.

        Retry-After holds whole seconds; what is shorter here goes by a header of its own, as other
        services of Azure send it and the SDKs read it.
        """
        scaled = seconds / self.scale
        if scaled >= 1:
            return {"retry-after": str(math.ceil(scaled))}
        return {"x-ms-retry-after-ms": str(math.ceil(scaled * 1000))}

    def stamp(self) -> str:
        """Return the time of day as Azure writes it."""
        return _written(self.time())

    def stamp_of(self, ago: float) -> str:
        """Return the time of day of so many of this machine's seconds ago, as Azure writes it."""
        return _written(self.time() - ago)


def _written(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
