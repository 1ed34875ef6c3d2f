"""What devices send, as the events that it becomes."""

from __future__ import annotations

import base64

import pytest

from funcyard.emulator.iothub import devices
from funcyard.emulator.iothub.telemetry import Telemetry, of_message

_NOW = "2026-01-02T03:04:05Z"
_JSON = {"content-type": "application/json", "content-encoding": "utf-8"}


def _body(body: bytes, system: dict[str, str]) -> object:
    device = devices.made("d", {}, generation="1", number=1)
    return of_message(device, Telemetry(body, {}, system), _NOW).data["body"]


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-16", "utf-32"])
def test_what_is_said_to_be_json_and_is_becomes_part_of_the_event(encoding: str) -> None:
    body = '{"t": [1.5, "\u00e4"]}'.encode(encoding)
    system = {"content-type": "application/JSON", "content-encoding": encoding}
    assert _body(body, system) == {"t": [1.5, "\u00e4"]}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"NaN", b"[-1e999]", b'"\\ud800"', b"[" * 100_000, b"1" * 5000]
)
def test_what_is_said_to_be_json_and_is_none_is_base64(body: bytes) -> None:
    assert _body(body, _JSON) == base64.b64encode(body).decode()


def test_what_is_said_to_be_nothing_is_base64() -> None:
    assert _body(b"{}", {}) == base64.b64encode(b"{}").decode()
