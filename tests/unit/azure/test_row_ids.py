"""Ids sort newest first, and what is older than a moment is found by its id alone."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from funcyard.azure.row_ids import last_since, new_id


def _made(nanoseconds: int) -> str:
    real, time.time_ns = time.time_ns, lambda: nanoseconds
    try:
        return new_id()
    finally:
        time.time_ns = real


def test_later_ids_sort_before_earlier_ones() -> None:
    ids: list[str] = []
    while len(ids) < 200:
        one = new_id()
        if not ids or one[:18] != ids[-1][:18]:  # another moment
            ids.append(one)
    assert sorted(ids, reverse=True) == ids


def test_an_id_is_a_uuid_nobody_else_has() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {uuid.UUID(one).version for one in ids} == {8}
    assert {uuid.UUID(one).variant for one in ids} == {uuid.RFC_4122}


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(-10_000, 10_000),
)
def test_what_is_older_than_a_moment_sorts_after_it(moment: datetime, milliseconds: int) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    other = moment + timedelta(milliseconds=milliseconds)
    nanoseconds = round(other.timestamp() * 1000) * 1_000_000
    assert (_made(nanoseconds) > last_since(moment)) == (milliseconds < 0)
