"""Scale rules by the time of day: between a start and an end there are so many replicas.

https://keda.sh/docs/scalers/cron/: five fields each, in a time zone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from funcyard.emulator.containerapps import cron

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json

_NAMES: Final = ("timezone", "start", "end", "desiredReplicas")


@dataclass(frozen=True, slots=True)
class Window:
    """A time that comes again and again.

    Attributes:
        start: When it begins.
        end: When it ends.
        zone: By whose clocks.
        replicas: How many there are meanwhile.
    """

    start: cron.Schedule
    end: cron.Schedule
    zone: ZoneInfo
    replicas: int

    def wanted(self, now: float) -> tuple[int, float]:
        """Return how many replicas there are now, and when that changes next."""
        begins = self.start.next_after(now, self.zone)
        ends = self.end.next_after(now, self.zone)
        begins, ends = begins or math.inf, ends or math.inf
        return (self.replicas if ends < begins else 0), min(begins, ends)


def is_window(rule: Json) -> bool:
    """Tell whether a scale rule goes by the time of day."""
    return str((rule.get("custom") or {}).get("type")).lower() == "cron"


def of(rule: Json) -> Window:
    """Return the window of such a rule.

    Raises:
        ValueError: It means nothing.
    """
    given = (rule.get("custom") or {}).get("metadata") or {}
    for name in _NAMES:
        if not given.get(name):
            raise ValueError(f"'{name}' is missing")
    return _read(*(str(given[name]) for name in _NAMES))


@cache
def _read(timezone: str, start: str, end: str, replicas: str) -> Window:
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone '{timezone}'") from None
    if not replicas.isdecimal():
        raise ValueError(f"'{replicas}' is no number of replicas")
    return Window(cron.read(start), cron.read(end), zone, int(replicas))


def wanted(scale: Json, now: float) -> tuple[int, float]:
    """Return how many replicas the rules of a scale want now, and when that changes next."""
    found = [of(one).wanted(now) for one in scale["rules"] or () if is_window(one)]
    most = max((replicas for replicas, _ in found), default=0)
    return most, min((due for _, due in found), default=math.inf)
