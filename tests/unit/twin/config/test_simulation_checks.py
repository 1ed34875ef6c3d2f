"""What simulated devices send has to be what the twin's devices measure."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.twin.twins import GONE, changed, copied, faults

from funcyard.twin.config.findings import TwinError
from funcyard.twin.config.reading import read_twin

_FILE = "iot_device_simulator/simulation.json"
_PAYLOADS = "iot_device_simulator/payloads.json"
_ROOM = ("devices", 0, "properties")


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (
            ("devices", 0, "iotDeviceId"),
            "room",
            (
                "[0].iotDeviceId: there is no device room "
                "(devices: cold-room-1, cold-room-2, compressor)"
            ),
        ),
        (
            ("devices", 1, "iotDeviceId"),
            "cold-room-1",
            "[1].iotDeviceId: the device cold-room-1 comes twice",
        ),
        (
            ("devices", 0, "every"),
            0,
            "[0].every: 0 is not taken (how many seconds from one message to the next)",
        ),
        (
            ("devices", 0, "payloads"),
            "x.json",
            "[0]: either properties or payloads say what it sends",
        ),
        (
            (*_ROOM, "size"),
            {"pattern": "constant", "value": 1},
            (
                "[0].properties.size: cold-room-1 does not measure size "
                "(it measures temperature, humidity, doorOpen)"
            ),
        ),
        (
            (*_ROOM, "doorOpen", "values", 1),
            "open",
            "[0].properties.doorOpen: sends what is no BOOLEAN",
        ),
        (
            (*_ROOM, "doorOpen"),
            {"pattern": "ramp", "from": 0, "to": 1, "period": 9},
            "[0].properties.doorOpen: sends what is no BOOLEAN (only constant and replay do)",
        ),
        (
            (*_ROOM, "temperature", "pattern"),
            "sinus",
            (
                '[0].properties.temperature: no pattern is called "sinus" '
                "(one of constant, ramp, sine, randomWalk, replay)"
            ),
        ),
        (
            (*_ROOM, "temperature", "pattern"),
            GONE,
            "[0].properties.temperature: pattern is missing",
        ),
        (
            (*_ROOM, "temperature", "meen"),
            7,
            "[0].properties.temperature.meen: unknown field (did you mean mean?)",
        ),
        ((*_ROOM, "temperature", "mean"), GONE, "[0].properties.temperature.mean: is missing"),
        (
            (*_ROOM, "temperature", "period"),
            "x",
            '[0].properties.temperature.period: expected a number, found "x"',
        ),
        (
            (*_ROOM, "temperature", "amplitude"),
            -1,
            "[0].properties.temperature.amplitude: -1 is not taken (how far from it)",
        ),
        (
            (*_ROOM, "humidity", "start"),
            50,
            "[0].properties.humidity: start lies outside of low and high",
        ),
    ],
)
def test_what_cannot_be_simulated_is_told(
    twin: Path, path: tuple[str | int, ...], value: object, fault: str
) -> None:
    changed(twin, _FILE, path, value)

    assert faults(twin) == [f"{_FILE}: devices{fault}"]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ((), {}, "expected a list of payloads"),
        ((), [], "expected a list of payloads"),
        ((), [7], "a payload is an object"),
        ((1, "size"), 7, "[1].size: compressor does not measure size"),
        ((1, "starts"), 1.5, "[1].starts: is no INTEGER"),
        ((1, "state"), ["idle"], "[1].state: is no STRING"),
        ((1, "time"), 7, "[1].time: expected text"),
        ((1, "iotDeviceId"), "cold-room-1", "[1].iotDeviceId: compressor sends this file"),
    ],
)
def test_a_payload_that_the_device_cannot_send_is_told(
    twin: Path, path: tuple[str | int, ...], value: object, fault: str
) -> None:
    changed(twin, _PAYLOADS, path, value)

    assert faults(twin) == [f"{_PAYLOADS}: {fault}"]


def test_a_payload_s_fault_has_its_place(twin: Path) -> None:
    (twin / _PAYLOADS).write_text('[\n  {"starts": true}\n]')
    with pytest.raises(TwinError) as caught:
        read_twin(twin)

    assert caught.value.message == f"{_PAYLOADS}:2:14: [0].starts: is no INTEGER"


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("nowhere.json", "nowhere.json: is missing"),
        ("../config.json", "../config.json: is missing"),
        (
            "../outside.json",
            "../outside.json: lies outside of the twin's folder, or is a link that leaves it",
        ),
        ("a\x00b", "a\\x00b: cannot be read: its name holds a null byte"),
    ],
)
def test_a_file_of_payloads_that_cannot_be_read_is_told(twin: Path, file: str, fault: str) -> None:
    (twin.parent / "outside.json").write_text("[{}]")
    changed(twin, _FILE, ("devices", 2, "payloads"), file)

    assert faults(twin) == [fault]


def test_without_a_simulation_a_twin_is_whole(twin: Path) -> None:
    (twin / _FILE).unlink()

    assert read_twin(twin).twin.simulation is None
