from __future__ import annotations

import json

import pytest

from funcyard.twin.contract.devices import (
    DeviceInfo,
    described_in,
    read_device,
    read_twin_device,
    shown_in,
    twin_as_json,
)
from funcyard.twin.contract.errors import ContractError


@pytest.mark.parametrize("has_processor", [False, True])
def test_what_is_written_of_a_device_is_what_functions_read(*, has_processor: bool) -> None:
    device = DeviceInfo("d", "room", {"a": "DOUBLE"}, has_processor=has_processor)

    assert read_device(json.dumps(device.as_json()).encode()) == device
    assert read_twin_device(json.dumps(twin_as_json("d")).encode()) == "d"


def test_every_device_and_every_twin_has_a_document_of_its_own() -> None:
    assert described_in("cold-room_1") == "devices/cold-room_1.json"
    names = {shown_in(one) for one in ("a/b", "a%2Fb", "a", "Ä", "..", "A")}
    assert len(names) == 6
    assert all(name.count("/") == 1 and name.isascii() for name in names)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"shape": 2, "id": "d", "twin": "t", "properties": {}}',
        b'{"shape": 1, "id": "d"}',
        b'{"shape": 1, "id": "d", "twin": "t", "properties": {}, "more": 1}',
        b'{"shape": 1, "device": 7}',
    ],
)
def test_what_describes_no_device_is_refused(content: bytes) -> None:
    for read in (read_device, read_twin_device):
        with pytest.raises(ContractError):
            read(content)
