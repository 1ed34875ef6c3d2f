"""A time until which something has to be done, known to whoever would wait while it is done."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_UNTIL: Final[ContextVar[float]] = ContextVar("until", default=math.inf)


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Run a block that has so many seconds; one around it that has fewer counts, too.

    Raises:
        TimeoutError: It was not done in time.
    """
    until = time.monotonic() + seconds
    former = _UNTIL.set(min(_UNTIL.get(), until))
    try:
        async with asyncio.timeout(seconds):
            yield
    finally:
        _UNTIL.reset(former)


def seconds_left() -> float:
    """Return for how long what is being done may go on; infinity where nothing ends it."""
    return _UNTIL.get() - time.monotonic()
