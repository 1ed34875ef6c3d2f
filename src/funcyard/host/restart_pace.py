"""How long to wait before a worker that died is replaced: longer the more often it dies."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_SECONDS = 0.1
_LONGEST_SECONDS = 10.0
_HEALTHY_SECONDS = 30.0
"""A worker that served for longer did not die of how it was started."""


class RestartPace:
    """The pace of one app's restarts.

    Args:
        clock: Monotonic time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._delay = _FIRST_SECONDS
        self._serving_since = 0.0

    def serving(self) -> None:
        """Take note that a worker serves from now on."""
        self._serving_since = self._clock()

    def next_delay(self) -> float:
        """Return the seconds to wait now that it died: each time twice as long, up to a limit."""
        if self._clock() - self._serving_since > _HEALTHY_SECONDS:
            self._delay = _FIRST_SECONDS
        delay, self._delay = self._delay, min(2 * self._delay, _LONGEST_SECONDS)
        return delay
