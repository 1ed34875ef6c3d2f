"""When a timer is due: an NCRONTAB expression in a time zone, or an interval.

Wall-clock schedules follow the zone through its changes: a time that a change skips is due when the
clock has moved on, a time that comes twice is due once, and a schedule of every hour keeps its pace
through both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from funcyard.errors import UserError
from funcyard.host.listeners.ncrontab import Ncrontab, NcrontabError
from funcyard.host.setting_names import lookup
from funcyard.host.timespan import looks_like_timespan, parse_timespan

if TYPE_CHECKING:
    from collections.abc import Mapping

_EVERY_HOUR = 24
_ZONE_SETTINGS = ("WEBSITE_TIME_ZONE", "TZ")


class ScheduleError(UserError):
    """A timer's schedule or time zone cannot be meant."""

    code = "timer-schedule"


class Schedule(Protocol):
    """Tells when a timer is due next."""

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first due moment later than ``moment``, in UTC as it is; None for never."""
        ...


@dataclass(frozen=True, slots=True)
class Interval:
    """Due again a fixed time after the last."""

    every: timedelta

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the moment one interval later, in UTC."""
        return moment + self.every


@dataclass(frozen=True, slots=True)
class CronSchedule:
    """Due when the wall clock of a zone matches."""

    expression: Ncrontab
    zone: tzinfo

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the next match, in UTC: moments of one zone would compare by the wall clock."""
        if len(self.expression.hours) == _EVERY_HOUR:
            return self._by_steady_clock(moment)
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        while (found := self.expression.next_after(local)) is not None:
            due = _first_moment(found, self.zone)
            if due > moment:
                return due
            local = found
        return None

    def _by_steady_clock(self, moment: datetime) -> datetime | None:
        """Return the next match of a schedule of every hour, stepping over changes of offset."""
        local = moment.astimezone(self.zone)
        wall, offset = local.replace(tzinfo=None), local.utcoffset() or timedelta()
        while (found := self.expression.next_after(wall)) is not None:
            due = (found - offset).replace(tzinfo=UTC).astimezone(self.zone)
            if due.utcoffset() == offset:
                return due.astimezone(UTC)
            # The offset changed on the way: look again from the change on.
            change = _change_between((wall - offset).replace(tzinfo=UTC), due, self.zone)
            offset = change.utcoffset() or timedelta()
            wall = change.replace(tzinfo=None) - timedelta(microseconds=1)
        return None


def parse_schedule(text: str, settings: Mapping[str, str]) -> Schedule:
    """Return the schedule that a timer's text means in the zone that the settings name.

    The zone is WEBSITE_TIME_ZONE, else TZ, as an IANA name, else UTC as in Azure.
    https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-time-zones

    Raises:
        ScheduleError: Neither an NCRONTAB expression nor a TimeSpan, or an unknown zone.
    """
    if looks_like_timespan(text):
        try:
            every = parse_timespan(text)
        except ValueError as fault:
            raise ScheduleError(str(fault)) from fault
        if not every:
            raise ScheduleError(f"the interval {text!r} is zero")
        return Interval(every)
    try:
        expression = Ncrontab.parse(text)
    except NcrontabError as fault:
        raise ScheduleError(
            f"the schedule {text!r} is wrong: {fault}",
            hint='six fields, as in "0 */5 * * * *" for every five minutes',
        ) from fault
    return CronSchedule(expression, _zone(settings))


def _zone(settings: Mapping[str, str]) -> tzinfo:
    for name in _ZONE_SETTINGS:
        if value := lookup(settings, name):
            try:
                return ZoneInfo(value.removeprefix(":"))
            except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
                raise ScheduleError(
                    f"{name} is {value!r}, which is no time zone here",
                    hint="use an IANA name, such as Europe/Berlin",
                ) from fault
    return UTC


def _first_moment(wall: datetime, zone: tzinfo) -> datetime:
    """Return the first moment at which the zone's clock shows ``wall``, or has skipped it."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _change_between(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first whole second after a change of offset between two moments."""
    low, high = before, after.astimezone(UTC)
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(milliseconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return (high + timedelta(milliseconds=1)).replace(microsecond=0).astimezone(zone)
