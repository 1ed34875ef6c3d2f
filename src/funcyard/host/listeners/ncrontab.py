"""NCRONTAB expressions: parsed, and the next moment that matches.

Six fields (second, minute, hour, day, month, day of week) or five (second 0). A field is ``*``, a
value, a range, a list, each with a step; ``5/15`` runs from 5 to the end; months and weekdays have
names, of which a beginning is enough; a range written backwards is turned round. A moment matches
when all six fields do (Unix cron would join day and weekday by "or").
https://github.com/atifaziz/NCrontab
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_FIELDS, _FIELDS_WITHOUT_SECOND = 6, 5
_YEARS = 40
"""How far to look: a 29 February on a given weekday may be 40 years away, across 2100."""


class NcrontabError(ValueError):
    """The text is not an NCRONTAB expression; the message says which field is wrong."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def parse(self, text: str) -> frozenset[int]:
        return frozenset().union(*(self._parse_item(item) for item in text.split(",")))

    def _parse_item(self, text: str) -> frozenset[int]:
        body, slash, step_text = text.partition("/")
        step = 1
        if slash:
            if not (step_text.isascii() and step_text.isdigit()) or int(step_text) == 0:
                raise NcrontabError(f"{self.name} {text!r}: the step must be a positive number")
            step = int(step_text)
        if body == "*":
            return frozenset(range(self.low, self.high + 1, step))
        first, dash, last = body.partition("-")
        start = self._value(first)
        if dash:
            start, end = sorted((start, self._value(last)))
        else:
            end = self.high if step > 1 else start
        return frozenset(range(start, end + 1, step))

    def _value(self, text: str) -> int:
        if text.isascii() and text.isdigit():
            if not self.low <= int(text) <= self.high:
                raise NcrontabError(
                    f"{self.name} {text!r} is not between {self.low} and {self.high}"
                )
            return int(text)
        if text:
            for index, name in enumerate(self.names):
                if name.lower().startswith(text.lower()):
                    return index + self.low
        raise NcrontabError(f"{self.name} {text!r} is not a value from {self.low} to {self.high}")


_GRAMMAR = (
    _Field("second", 0, 59),
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 6, _WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class Ncrontab:
    """A parsed expression: the values that each field admits; Sunday is 0."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Ncrontab:
        """Parse an expression.

        Raises:
            NcrontabError: It is not one.
        """
        fields = text.split()
        if len(fields) == _FIELDS_WITHOUT_SECOND:
            fields.insert(0, "0")
        if len(fields) != _FIELDS:
            raise NcrontabError(f"{text!r} has {len(fields)} fields instead of six")
        return cls(*(field.parse(part) for field, part in zip(_GRAMMAR, fields, strict=True)))

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first matching moment later than ``moment``, None where none comes.

        Args:
            moment: A naive wall-clock time; the result is one too, on a whole second.
        """
        start = moment.replace(microsecond=0) + timedelta(seconds=1)
        last_year = start.year + _YEARS
        day = start.replace(hour=0, minute=0, second=0)
        while day.year <= last_year:
            if day.month not in self.months:
                month, years = day.month % 12 + 1, day.month // 12
                day = day.replace(year=day.year + years, month=month, day=1)
                continue
            if day.day in self.days and day.isoweekday() % 7 in self.weekdays:
                found = self._time_on(day, start)
                if found is not None:
                    return found
            day += timedelta(days=1)
        return None

    def _time_on(self, day: datetime, start: datetime) -> datetime | None:
        same = day.date() == start.date()
        for hour in sorted(self.hours):
            if same and hour < start.hour:
                continue
            for minute in sorted(self.minutes):
                if same and (hour, minute) < (start.hour, start.minute):
                    continue
                for second in sorted(self.seconds):
                    found = day.replace(hour=hour, minute=minute, second=second)
                    if found >= start:
                        return found
        return None
