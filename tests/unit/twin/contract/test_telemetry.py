from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.items import PARTITION_KEY_PATH, item_of, telemetry_of
from funcyard.twin.contract.telemetry import Telemetry, read_telemetry
from funcyard.twin.contract.times import WRITTEN, read_time, write_time

NOW = datetime(2026, 11, 21, 23, 5, tzinfo=UTC)
_NO_TIME = "time is not ISO 8601, such as 2026-11-21T23:05:00.000Z"
_MOMENTS = st.datetimes(
    datetime(1900, 1, 2), datetime(9998, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001 - bounds
)  # fmt: skip
_NAMES = st.from_regex("[A-Za-z]([A-Za-z0-9_]{0,6}[A-Za-z0-9])?", fullmatch=True).filter(
    lambda name: name not in {"id", "time", "iotDeviceId"}
)
_VALUES = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
_MESSAGES = st.builds(
    Telemetry,
    st.from_regex("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True),
    _MOMENTS.map(write_time),
    st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=4),
)


@given(message=_MESSAGES)
def test_a_message_survives_every_hop(message: Telemetry) -> None:
    assert read_telemetry(message.as_json(), now=NOW) == message
    item = {**item_of(message), "_etag": '"0"', "_ts": 7, "_rid": "x"}
    assert telemetry_of(item) == message
    assert PARTITION_KEY_PATH.removeprefix("/") in item


@given(first=_MOMENTS, second=_MOMENTS)
def test_times_order_as_their_texts_do(first: datetime, second: datetime) -> None:
    one, two = write_time(first), write_time(second)

    assert WRITTEN.fullmatch(one)
    assert (one < two) == (read_time(one) < read_time(two))
    assert abs(read_time(one) - first) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("time", "meant"),
    [
        ("2026-11-21T23:05:00.000Z", "2026-11-21T23:05:00.000Z"),
        ("2026-11-21T23:05:00Z", "2026-11-21T23:05:00.000Z"),
        ("2026-11-22T00:05:00.1234+01:00", "2026-11-21T23:05:00.123Z"),
        ("", "2026-11-21T23:05:00.000Z"),
    ],
)
def test_a_time_is_brought_to_one_form(time: str, meant: str) -> None:
    message = read_telemetry({"iotDeviceId": "a", "time": time, "x": 1}, now=NOW)

    assert message.time == meant


def test_a_device_that_is_known_need_not_be_named() -> None:
    assert read_telemetry({"x": 1}, now=NOW, device="a").device == "a"
    assert write_time(NOW.astimezone(timezone(timedelta(hours=3)))) == "2026-11-21T23:05:00.000Z"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "a message is a JSON object"),
        ({}, "iotDeviceId is missing or no id of a device"),
        ({"iotDeviceId": "a/b", "x": 1}, "iotDeviceId is missing or no id of a device"),
        ({"iotDeviceId": "b", "x": 1}, "iotDeviceId is not the device that sent the message"),
        ({"iotDeviceId": "a"}, "the message holds no property"),
        ({"iotDeviceId": "a", "time": 7, "x": 1}, "time is no text"),
        ({"iotDeviceId": "a", "time": "noon", "x": 1}, _NO_TIME),
        (
            {"iotDeviceId": "a", "time": "2026-11-21T23:05", "x": 1},
            "time has no zone: end it with Z",
        ),
        ({"iotDeviceId": "a", "time": "0001-01-01T00:00:00+05:00", "x": 1}, _NO_TIME),
        ({"iotDeviceId": "a", "id": 1}, "a property has a name that is not taken"),
        ({"iotDeviceId": "a", "_ts": 1}, "a property has a name that is not taken"),
        ({"iotDeviceId": "a", "x": {"y": 1}}, "x is neither number, text nor truth value"),
        ({"iotDeviceId": "a", "x": None}, "x is neither number, text nor truth value"),
        ({"iotDeviceId": "a", "x": json.loads("NaN")}, "x is no finite number"),
        ({"iotDeviceId": "a", "x": 2**63}, "x is no number of 64 bits"),
        ({"iotDeviceId": "a", "x": json.loads('"\\ud800"')}, "x holds half of a character"),
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused_without_showing_it(body: object, message: str) -> None:
    device = "a" if body == {"iotDeviceId": "b", "x": 1} else None
    with pytest.raises(ContractError) as caught:
        read_telemetry(body, now=NOW, device=device)

    assert caught.value.message == message


def test_two_devices_of_one_moment_are_two_items_and_one_message_twice_is_one() -> None:
    one = item_of(Telemetry("a", "2026-11-21T23:05:00.000Z", {"x": 1}))
    two = item_of(Telemetry("b", "2026-11-21T23:05:00.000Z", {"x": 1}))

    assert (one["iotDeviceId"], one["id"]) != (two["iotDeviceId"], two["id"])
    assert one == item_of(Telemetry("a", "2026-11-21T23:05:00.000Z", {"x": 1}))


def test_an_item_of_somebody_else_is_no_reading() -> None:
    with pytest.raises(ContractError, match="the item's id is no time"):
        telemetry_of({"id": "7", "iotDeviceId": "a", "x": 1})
