from __future__ import annotations

import pytest

from funcyard.twin.contract.envelopes import Envelope, read_envelope
from funcyard.twin.contract.errors import ContractError

_ENVELOPE = Envelope("azure", "l2", "telemetry", "2026-11-21T23:05:00.000Z", "t-1", {"x": 1})


def test_what_is_sent_is_what_is_read() -> None:
    assert read_envelope(_ENVELOPE.as_json(), "telemetry", "item") == _ENVELOPE


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"message_type": "item"}, "message_type is not telemetry"),
        ({"message_type": "other"}, "message_type is not telemetry"),
        ({"trace_id": ""}, "trace_id is missing, no text, or longer than 128 characters"),
        ({"trace_id": "x" * 129}, "trace_id is missing, no text, or longer than 128 characters"),
        ({"source_cloud": 7}, "source_cloud is missing, no text, or longer than 128 characters"),
        ({"timestamp": "now"}, "time is not ISO 8601, such as 2026-11-21T23:05:00.000Z"),
    ],
)
def test_what_is_no_envelope_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ContractError) as caught:
        read_envelope({**_ENVELOPE.as_json(), **change}, "telemetry")

    assert caught.value.message == message


@pytest.mark.parametrize("body", [None, [], "x", {"iotDeviceId": "a", "x": 1}])
def test_a_bare_message_is_no_envelope(body: object) -> None:
    with pytest.raises(ContractError, match="an envelope is a JSON object with a payload"):
        read_envelope(body, "telemetry")
