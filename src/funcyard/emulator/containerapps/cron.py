"""Times of schedules: five fields, minute, hour, day, month and day of the week.

https://learn.microsoft.com/azure/container-apps/jobs#scheduled-jobs
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

_BOUNDS: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_SUNDAY: Final = 7
_LONGEST_DAYS: Final = 366 * 8  # as far as 29 February may be away


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is due.

    Attributes:
        minutes: Of an hour.
        hours: Of a day.
        days: Of a month.
        months: Of a year.
        weekdays: 0 is Sunday.
        is_either: Whether a day that fits either way fits, for both were said.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_either: bool

    def next_after(self, moment: float, zone: tzinfo = UTC) -> float | None:
        """Return the first time that is due after a time of day, by a zone's clocks, if any is."""
        first = datetime.fromtimestamp(moment, zone).replace(second=0, microsecond=0)
        first += timedelta(minutes=1)
        for number in range(_LONGEST_DAYS):
            day = first.date() + timedelta(days=number)
            start = first if number == 0 else datetime(day.year, day.month, day.day, tzinfo=zone)
            if not self._fits(start):
                continue
            for hour in sorted(one for one in self.hours if one >= start.hour):
                least = start.minute if hour == start.hour else 0
                minute = min((one for one in self.minutes if one >= least), default=None)
                if minute is not None:
                    return start.replace(hour=hour, minute=minute).timestamp()
        return None

    def _fits(self, day: datetime) -> bool:
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % _SUNDAY in self.weekdays
        return by_day or by_weekday if self.is_either else by_day and by_weekday


def read(text: str) -> Schedule:
    """Return a schedule.

    Raises:
        ValueError: It is none.
    """
    words = text.split()
    if len(words) != len(_BOUNDS):
        raise ValueError(f"'{text}' has {len(words)} fields, not {len(_BOUNDS)}")
    fields = [_field(word, *bounds) for word, bounds in zip(words, _BOUNDS, strict=True)]
    weekdays = frozenset(one % _SUNDAY for one in fields[4])
    is_either = not words[2].startswith("*") and not words[4].startswith("*")
    return Schedule(fields[0], fields[1], fields[2], fields[3], weekdays, is_either)


def _field(text: str, least: int, most: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if step and (not step.isdecimal() or not int(step)):
            raise ValueError(f"'{part}' is no step")
        first, last = _span(span, least, most, has_step=bool(step))
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _span(text: str, least: int, most: int, *, has_step: bool) -> tuple[int, int]:
    if text == "*":
        return least, most
    first, dash, last = text.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()):
        raise ValueError(f"'{text}' is no number, range or '*'")
    begin = int(first)
    end = int(last) if dash else (most if has_step else begin)
    if not least <= begin <= end <= most:
        raise ValueError(f"'{text}' is not within {least} and {most}")
    return begin, end
