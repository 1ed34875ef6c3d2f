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


@pytest.mark.parametrize("text", ["24:00:00", "00:60:00", "00:00:60", "5", "", "1:2:3:4", "-0:0:1"])
def test_what_is_no_duration_or_means_another_in_net_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|more than"):
        parse_timespan(text)
