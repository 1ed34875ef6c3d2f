from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.host.timespan import looks_like_timespan, parse_timespan


@given(
    st.integers(0, 999),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.integers(0, 999_999),
)
def test_durations_are_read_as_net_writes_them(
    days: int, hours: int, minutes: int, seconds: int, micros: int
) -> None:
    text = f"{days}." if days else ""
    text += f"{hours:02}:{minutes:02}:{seconds:02}"
    text += f".{micros:06}0" if micros else ""

    assert looks_like_timespan(text)
    assert parse_timespan(text) == timedelta(days, seconds, micros, 0, minutes, hours)


def test_seconds_may_be_left_out() -> None:
    assert parse_timespan("00:05") == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("25:00:00:00", timedelta(days=25)),
        ("1:2:3:4", timedelta(1, 4, 0, 0, 3, 2)),
        ("24:00:00", timedelta(days=24)),
        ("24:10:30", timedelta(days=24, hours=10, minutes=30)),
        ("00:05:00", timedelta(minutes=5)),
    ],
)
def test_days_may_be_parted_by_a_colon_and_take_the_place_of_too_many_hours(
    text: str, means: timedelta
) -> None:
    assert looks_like_timespan(text)
    assert parse_timespan(text) == means


@pytest.mark.parametrize(
    "text",
    [
        "24:24:00",
        "24:00",
        "1.24:00:00",
        "00:60:00",
        "00:00:60",
        "5",
        "",
        "-0:0:1",
        "20000000:0:0:0",
        "1:2:3:4:5",
    ],
)
def test_what_is_no_duration_or_means_another_in_net_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|more than"):
        parse_timespan(text)
