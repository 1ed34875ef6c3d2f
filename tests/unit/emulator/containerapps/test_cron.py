"""When schedules of jobs are due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from funcyard.emulator.containerapps import cron


def _next(text: str, after: str) -> str:
    found = cron.read(text).next_after(
        datetime.fromisoformat(after).replace(tzinfo=UTC).timestamp()
    )
    assert found is not None
    return f"{datetime.fromtimestamp(found, UTC):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "after", "due"),
    [
        ("*/10 * * * *", "2026-11-22 09:03:10", "2026-11-22 09:10"),
        ("*/10 * * * *", "2026-11-22 09:10:00", "2026-11-22 09:20"),
        ("0 0 * * *", "2026-12-31 00:00:00", "2027-01-01 00:00"),
        ("30 8,20 * * 1-5", "2026-11-20 21:00:00", "2026-11-23 08:30"),
        ("0 12 * * 7", "2026-11-22 12:00:00", "2026-11-29 12:00"),
        ("0 0 29 2 *", "2026-01-01 00:00:00", "2028-02-29 00:00"),
        ("0 0 1 * 1", "2026-11-24 00:00:00", "2026-11-30 00:00"),
        ("5/20 * * * *", "2026-11-22 09:46:00", "2026-11-22 10:05"),
    ],
)
def test_the_next_time_is_the_first_after(text: str, after: str, due: str) -> None:
    assert _next(text, after) == due


def test_a_day_that_never_comes_is_never_due() -> None:
    assert cron.read("0 0 31 2 *").next_after(0) is None


@pytest.mark.parametrize(
    "text", ["", "* * * *", "60 * * * *", "* * 0 * *", "a * * * *", "5-1 * * * *", "*/0 * * * *"]
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says why in its own words
        cron.read(text)
