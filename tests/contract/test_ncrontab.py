"""Schedules against croniter, which knows six fields and can join day and weekday by "and"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.host.listeners.ncrontab import Ncrontab, NcrontabError

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@st.composite
def fields(draw: st.DrawFn, low: int, high: int, names: tuple[str, ...] = ()) -> str:
    def value(number: int) -> str:
        named = draw(st.booleans())
        return names[number - low] if names and named else str(number)

    def item() -> str:
        kind = draw(st.sampled_from(["*", "*/n", "a", "a-b", "a-b/n", "a/n"]))
        first = draw(st.integers(low, high - 1))
        last = draw(st.integers(first + 1, high))  # croniter takes 1-1 for every day
        step = draw(st.integers(2, max(2, (high - low) // 2)))
        return {
            "*": "*",
            "*/n": f"*/{step}",
            "a": value(first),
            "a-b": f"{value(first)}-{value(last)}",
            "a-b/n": f"{first}-{last}/{step}",
            "a/n": f"{first}/{step}",
        }[kind]

    return ",".join(item() for _ in range(draw(st.integers(1, 3))))


EXPRESSIONS = st.tuples(
    fields(0, 59),
    fields(0, 59),
    fields(0, 23),
    fields(1, 28),
    fields(1, 12, MONTHS),
    fields(0, 6, WEEKDAYS),
).map(" ".join)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1))  # noqa: DTZ001 - wall-clock time


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS, MOMENTS)
def test_due_moments_are_those_that_croniter_finds(expression: str, moment: datetime) -> None:
    ours = Ncrontab.parse(expression)
    start = moment.replace(tzinfo=UTC)
    judge = croniter(
        expression, start, second_at_beginning=True, day_or=False, max_years_between_matches=60
    )
    current = moment
    for _ in range(3):
        found = ours.next_after(current)
        assert found is not None
        assert found.replace(tzinfo=UTC) == judge.get_next(datetime)
        current = found


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS, MOMENTS)
def test_a_due_moment_matches_and_none_before_it_does(expression: str, moment: datetime) -> None:
    ours = Ncrontab.parse(expression)
    found = ours.next_after(moment)
    assert found is not None

    assert ours.next_after(found - timedelta(microseconds=1)) == found
    assert found > moment


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("*/5 * * * *", "0 */5 * * * *"),
        ("0 0 * * Monday-Friday", "0 0 0 * * 1-5"),
        ("0 0 * Janu Su", "0 0 0 * 1 0"),
        ("0 0 * * 5-1", "0 0 0 * * 1-5"),
        ("0 5/15 * * *", "0 0 5,20 * * *"),
    ],
)
def test_shorthands_mean_what_ncrontab_takes_them_for(short: str, long: str) -> None:
    assert Ncrontab.parse(short) == Ncrontab.parse(long)


@pytest.mark.parametrize(
    "text",
    [
        *("", "* * * *", "* * * * * * *", "60 * * * * *", "* * * 0 * *", "* * * * * 7"),
        *("*/0 * * * * *", "a * * * * *", "1-x * * * * *", ", * * * * *", "* * * * foo *"),
        *("? * * * * *", "5- * * * * *"),
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(NcrontabError):
        Ncrontab.parse(text)


def test_a_leap_day_on_a_weekday_is_found_and_an_impossible_day_is_not() -> None:
    start = datetime(2072, 3, 1)  # noqa: DTZ001 - wall-clock time
    monday = datetime(2112, 2, 29)  # noqa: DTZ001 - wall-clock time

    assert Ncrontab.parse("0 0 0 29 2 1").next_after(start) == monday
    assert Ncrontab.parse("0 0 0 31 2 *").next_after(start) is None
