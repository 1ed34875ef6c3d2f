from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.telemetry import Telemetry
from funcyard.twin.providers.azure.azure_functions.shared.arriving import (
    Arrived,
    telemetry_of_event,
)

_TIME = datetime(2026, 11, 21, 10, tzinfo=UTC)
_TAKEN = "2026-11-21T09:59:59.500Z"


def _event(body: object, **system: object) -> Arrived:
    told = {"iothub-connection-device-id": "d", **system}
    return Arrived("e", _TIME, {"body": body, "systemProperties": told, "properties": {}})


@pytest.mark.parametrize(
    "body",
    [{"a": 1}, {"a": 1, "iotDeviceId": "d"}, base64.b64encode(b'{"a": 1}').decode()],
)
def test_a_message_is_read_whether_or_not_it_says_that_it_is_json(body: object) -> None:
    found = telemetry_of_event(_event(body, **{"iothub-enqueuedtime": _TAKEN}))

    assert found == Telemetry("d", _TAKEN, {"a": 1})


def test_the_time_of_the_event_is_the_last_resort() -> None:
    assert telemetry_of_event(_event({"a": 1})).time == "2026-11-21T10:00:00.000Z"
    assert telemetry_of_event(_event({"a": 1, "time": _TAKEN})).time == _TAKEN


@pytest.mark.parametrize(
    "event",
    [
        _event({"a": 1, "iotDeviceId": "another"}),
        _event("!"),
        _event(base64.b64encode(b"\xff").decode()),
        _event(base64.b64encode(b"[" * 100_000).decode()),
        _event([]),
        _event({"a": 1}, **{"iothub-enqueuedtime": "then"}),
        Arrived("e", _TIME, {"body": {"iotDeviceId": "d", "a": 1}}),
        Arrived("e", _TIME, []),
    ],
)
def test_nobody_speaks_for_another_device_and_nothing_else_is_a_reading(event: Arrived) -> None:
    with pytest.raises(ContractError):
        telemetry_of_event(event)
