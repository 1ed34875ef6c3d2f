"""When a workflow's schedule is due: five fields, in UTC, all of which must match."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from funcyard.workflows.schedules import next_after

START = datetime(2030, 1, 1, 12, 0, 30, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        ("* * * * *", datetime(2030, 1, 1, 12, 1, tzinfo=UTC)),
        ("*/15 * * * *", datetime(2030, 1, 1, 12, 15, tzinfo=UTC)),
        ("0 6 * * mon-fri", datetime(2030, 1, 2, 6, 0, tzinfo=UTC)),
        ("0 0 1 2 *", datetime(2030, 2, 1, tzinfo=UTC)),
        ("0 0 13 * fri", datetime(2030, 9, 13, tzinfo=UTC)),
        ("0 0 31 2 *", None),
    ],
)
def test_the_next_moment_is_the_first_that_matches(schedule: str, due: datetime | None) -> None:
    assert next_after(schedule, START) == due


def test_a_moment_of_another_zone_is_taken_for_what_it_is() -> None:
    there = START.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert next_after("0 13 * * *", there) == datetime(2030, 1, 1, 13, 0, tzinfo=UTC)
