"""How many replicas a revision should have, by its requests and its bounds.

https://learn.microsoft.com/azure/container-apps/scale-app: up as soon as requests need it, down
after the cooldown. Rules that look at anything but HTTP and the time of day are not followed here:
the minimum counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import windows
from funcyard.emulator.containerapps.templates import COOLDOWN_SECONDS

if TYPE_CHECKING:
    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.core.records import Json

_CONCURRENCY: Final = 10


@dataclass(slots=True)
class Scaler:
    """The size of one revision.

    Attributes:
        in_flight: Requests that it answers now, or that wait for it.
        target: How many replicas it should have, as it was last decided.
        since: Since when fewer would do.
    """

    in_flight: int = 0
    target: int = 0
    since: float | None = None

    def decide(self, scale: Json, clock: Clock, *, is_new: bool) -> int:
        """Decide again, and return it.

        Args:
            scale: Of the template.
            clock: The time.
            is_new: Whether it never was ready since it was activated: it gets one replica to show
                that it can be.
        """
        least, most = scale["minReplicas"] or 0, scale["maxReplicas"]
        now = clock.time()
        asked = max(needed(scale, self.in_flight), windows.wanted(scale, now)[0])
        wanted = min(max(least, asked, 1 if is_new else 0), most)
        if wanted >= self.target:
            self.target, self.since = wanted, None
        elif self.target > most:
            self.target = most
        elif self.since is None:
            self.since = now
        elif now >= self._shrinks(scale, clock):
            self.target, self.since = wanted, None
        return self.target

    def count(self, scale: Json, requests: int) -> bool:
        """Take note of requests that come or go; return whether another size may be due."""
        before = needed(scale, self.in_flight)
        self.in_flight += requests
        return needed(scale, self.in_flight) != before

    def due(self, scale: Json, clock: Clock) -> float:
        """Return when its size may change, if nothing happens until then; far away where never."""
        turns = windows.wanted(scale, clock.time())[1]
        return min(turns, self._shrinks(scale, clock))

    def _shrinks(self, scale: Json, clock: Clock) -> float:
        """Return when it becomes smaller."""
        if self.since is None:
            return math.inf
        cooldown: int = scale.get("cooldownPeriod", COOLDOWN_SECONDS)
        return self.since + cooldown / clock.scale


def needed(scale: Json, requests: int) -> int:
    """Return how many replicas so many requests at a time need, whatever the bounds."""
    return math.ceil(requests / concurrency(scale))


def concurrency(scale: Json) -> int:
    """Return how many requests at a time make another replica."""
    for rule in scale["rules"] or ():
        given = ((rule.get("http") or {}).get("metadata") or {}).get("concurrentRequests")
        if given is not None and str(given).isdecimal() and int(given):
            return int(given)
    return _CONCURRENCY


def unserved(scale: Json) -> list[str]:
    """Return the names of rules that are not followed here."""
    return [
        str(rule.get("name"))
        for rule in scale["rules"] or ()
        if not rule.get("http") and not windows.is_window(rule)
    ]
