from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.host.listeners.schedule import parse_schedule

BERLIN = {"WEBSITE_TIME_ZONE": "Europe/Berlin"}
SPRING = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)


def due(schedule: str, start: datetime, count: int, zone: dict[str, str]) -> list[str]:
    parsed = parse_schedule(schedule, zone)
    moments = []
    moment: datetime | None = start
    for _ in range(count):
        assert moment is not None
        moment = parsed.next_after(moment)
        assert moment is not None
        local = moment.astimezone(ZoneInfo(next(iter(zone.values()), "UTC")))
        moments.append(local.isoformat(timespec="minutes"))
    return moments


def test_a_time_that_spring_skips_is_due_when_the_clock_has_moved_on() -> None:
    assert due("0 30 2 * * *", SPRING, 2, BERLIN) == [
        "2026-03-29T03:30+02:00",
        "2026-03-30T02:30+02:00",
    ]


def test_a_time_that_autumn_repeats_is_due_once() -> None:
    assert due("0 30 2 * * *", AUTUMN, 2, BERLIN) == [
        "2026-10-25T02:30+02:00",
        "2026-10-26T02:30+01:00",
    ]


@settings(max_examples=100)
@given(
    st.sampled_from([SPRING, AUTUMN]),
    st.integers(-7200, 7200),
    st.sampled_from([(15, "0 */15 * * * *"), (60, "0 0 * * * *"), (20, "0 5-59/20 * * * *")]),
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "UTC"]),
)
def test_a_schedule_of_every_hour_keeps_its_pace_through_changes(
    base: datetime, offset: int, schedule: tuple[int, str], zone: str
) -> None:
    minutes, text = schedule
    parsed = parse_schedule(text, {"TZ": zone})
    moment = base + timedelta(seconds=offset)
    for _ in range(20):
        following = parsed.next_after(moment)
        assert following is not None
        assert following.tzinfo is UTC
        assert timedelta() < following - moment <= timedelta(minutes=minutes)
        moment = following


def test_without_a_zone_the_clock_is_utc_as_in_azure() -> None:
    assert due("0 0 6 * * *", AUTUMN, 1, {}) == ["2026-10-25T06:00+00:00"]


@pytest.mark.parametrize("name", ["WEBSITE_TIME_ZONE", "TZ"])
def test_both_zone_settings_count(name: str) -> None:
    assert due("0 0 6 * * *", AUTUMN, 1, {name: "America/New_York"}) == ["2026-10-25T06:00-04:00"]
