"""Schedules of timers: six fields, as NCRONTAB reads them.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from funcyard.project.findings import Fault
from funcyard.project.naming import SETTING
from funcyard.project.rules.functions import triggers_of
from funcyard.project.spec import TimerTrigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.project.spec import Spec


class _Field(NamedTuple):
    name: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()


_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august",
           "september", "october", "november", "december")  # fmt: skip
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_SHORT = 3
_FIELDS = (
    _Field("second", 0, 59),
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("weekday", 0, 6, _DAYS),
)
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?\Z", re.ASCII)


def schedules(spec: Spec) -> Iterator[Fault]:
    """A timer's schedule has six fields in range, or comes from a setting."""
    for path, _, trigger in triggers_of(spec):
        if isinstance(trigger, TimerTrigger) and not re.fullmatch(SETTING, trigger.schedule):
            for message, hint in _faults(trigger.schedule):
                yield Fault((*path, "schedule"), message, hint)


def _faults(schedule: str) -> Iterator[tuple[str, str | None]]:
    fields = schedule.split()
    if len(fields) == len(_FIELDS) - 1:
        yield f"{schedule!r} has five fields; seconds come first", f"write 0 {schedule}"
    elif len(fields) != len(_FIELDS):
        found = f"{len(fields)} field{'' if len(fields) == 1 else 's'}"
        names = ", ".join(field.name for field in _FIELDS)
        yield f"{schedule!r} has {found}; NCRONTAB has six: {names}", "for example 0 */5 * * * *"
    else:
        for field, text in zip(_FIELDS, fields, strict=True):
            for part in text.split(","):
                if fault := _part(field, part):
                    yield f"{field.name} {part!r}: {fault}", None


def _part(field: _Field, text: str) -> str | None:
    match = _PART.match(text)
    if match is None:
        return "takes *, numbers, ranges a-b, steps /n and lists a,b"
    if match["step"] is not None and int(match["step"]) == 0:
        return "a step of 0"
    if match["first"] == "*":
        return "a range begins with a number" if match["last"] else None
    first = _number(field, match["first"])
    last = first if match["last"] is None else _number(field, match["last"])
    if first is None or last is None:
        return f"not between {field.lowest} and {field.highest}"
    return f"{first} comes after {last}" if first > last else None


def _number(field: _Field, text: str) -> int | None:
    """Return a field's value by number or by English name, None where it has no such value."""
    for index, name in enumerate(field.names):
        if text.lower() in {name, name[:_SHORT]}:
            return index + field.lowest
    if not text.isdigit() or len(text) > len("59"):
        return None
    number = int(text)
    return number if field.lowest <= number <= field.highest else None
