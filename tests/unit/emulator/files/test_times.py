from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.files import times


@given(st.integers(-11_644_473_600 * times.TICKS, 253_402_300_799 * times.TICKS))
def test_a_time_is_read_as_it_was_written(ticks: int) -> None:
    assert times.parse_iso(times.iso(ticks)) == ticks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:01Z", 60 * times.TICKS),
        ("1970-01-01T00:00:01.5Z", times.TICKS * 3 // 2),
        ("1970-01-01T01:00:00+01:00", 0),
        ("3005-05-11T12:24:07.0000000Z", times.parse_iso("3005-05-11T12:24:07Z")),
        ("yesterday", None),
        ("1970-13-01", None),
    ],
)
def test_what_clients_write_is_understood(text: str, expected: int | None) -> None:
    assert times.parse_iso(text) == expected


def test_an_etag_looks_like_azure_s() -> None:
    assert times.etag(times.parse_iso("2019-12-12T06:01:25Z") or 0).startswith('"0x8D77EC8B8')
