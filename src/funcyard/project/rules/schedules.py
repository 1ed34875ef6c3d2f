"""Schedules of timers, as the local host and Azure read them.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
"""

from __future__ import annotations

import calendar
import re
from typing import TYPE_CHECKING

from funcyard.host.listeners.ncrontab import Ncrontab
from funcyard.project.findings import Fault
from funcyard.project.names import SETTING
from funcyard.project.rules.functions import triggers_of
from funcyard.project.spec import TimerTrigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.project.spec import Spec

_FIELDS = 6
_LEAP_YEAR = 2028
_EXAMPLE = "for example 0 */5 * * * *"


def schedules(spec: Spec) -> Iterator[Fault]:
    """A timer's schedule has six fields in range and comes round, or a setting gives it."""
    for path, _, trigger in triggers_of(spec):
        if isinstance(trigger, TimerTrigger) and not re.fullmatch(SETTING, trigger.schedule):
            for message, hint in _faults(trigger.schedule):
                yield Fault((*path, "schedule"), message, hint)


def _faults(schedule: str) -> Iterator[tuple[str, str | None]]:
    count = len(schedule.split())
    if count == _FIELDS - 1:
        yield f"{schedule!r} has five fields; seconds come first", f"write 0 {schedule}"
        return
    if count != _FIELDS:
        counted = f"{count} field{'' if count == 1 else 's'}"
        yield f"{schedule!r} has {counted}; NCRONTAB has six, seconds first", _EXAMPLE
        return
    try:
        parsed = Ncrontab.parse(schedule)
    except ValueError as fault:  # an NcrontabError, or a number too long to read
        yield str(fault), _EXAMPLE
        return
    days = (calendar.monthrange(_LEAP_YEAR, month)[1] for month in parsed.months)
    if min(parsed.days) > max(days):
        yield f"{schedule!r} never comes: no such day in its months", None
