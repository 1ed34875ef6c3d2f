"""What conditions speak of has to be there, and to be of the type that they compare it with."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.twin.twins import changed, copied, faults

from funcyard.twin.config.findings import TwinError
from funcyard.twin.config.reading import read_twin

_AZURE = "twin_hierarchy/azure_hierarchy.json"
_PLACE = "config_events.json: [1].condition: "


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    return copied(tmp_path)


def _condition(twin: Path, text: str) -> None:
    changed(twin, "config_events.json", (1, "condition"), text)


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ("cold-room-2.temperature > 5", "a number without a type (write INTEGER(5))"),
        (
            "cold-room-9.temperature > DOUBLE(5)",
            (
                "there is no twin or device cold-room-9 "
                "(devices: cold-room-1, cold-room-2, compressor)"
            ),
        ),
        ("hall.size > DOUBLE(5)", "hall has no property size (it has address)"),
        (
            "cold-room-1.sensor.temperature > DOUBLE(5)",
            "cold-room-1 has no component sensor",
        ),
        (
            "cold-room-1.temperature > STRING(5)",
            (
                "cold-room-1.temperature, which is DOUBLE, cannot be compared with a STRING "
                "(write DOUBLE(…))"
            ),
        ),
        (
            "BOOLEAN(true) == cold-room-1.temperature",
            (
                "a BOOLEAN cannot be compared with cold-room-1.temperature, which is DOUBLE, "
                "(write DOUBLE(…))"
            ),
        ),
        (
            "cold-room-1.doorOpen > BOOLEAN(true)",
            "truth values have no order, so > says nothing (write == or !=)",
        ),
        (
            "cold-room-1.temperature == cold-room-1.doorOpen",
            (
                "cold-room-1.temperature, which is DOUBLE, cannot be compared with "
                "cold-room-1.doorOpen, which is BOOLEAN, (compare properties of one type)"
            ),
        ),
    ],
)
def test_a_condition_that_says_nothing_is_told(twin: Path, condition: str, fault: str) -> None:
    _condition(twin, condition)

    assert faults(twin) == [_PLACE + fault]


def test_the_column_is_that_of_the_fault_in_the_file(twin: Path) -> None:
    file = twin / "config_events.json"
    _condition(
        twin, 'compressor.state == STRING("\u00e9\\u0041\U0001f600") and hall.size > DOUBLE(5)'
    )

    with pytest.raises(TwinError) as caught:
        read_twin(twin)
    found = caught.value.findings[0]
    line = file.read_text("utf-8").splitlines()[found.line - 1]
    assert line[found.column - 1 :].startswith("hall.size")


@pytest.mark.parametrize(
    "condition",
    [
        "hall.address == STRING(x)",
        "compressor.starts > DOUBLE(2.5)",
        "compressor.ratedWatts < compressor.powerWatts",
        "cold-room-1.serialNumber == STRING(CR-0417)",
    ],
)
def test_twins_and_what_their_models_extend_may_be_spoken_of(twin: Path, condition: str) -> None:
    _condition(twin, condition)

    assert read_twin(twin).warnings == ()


def test_a_component_of_a_model_may_be_spoken_of(twin: Path) -> None:
    part = {"@type": "Component", "name": "motor", "schema": "dtmi:coldstorage:Asset;1"}
    changed(twin, _AZURE, ("models", 3, "contents", 4), part)
    _condition(twin, "compressor.motor.serialNumber == STRING(x)")
    assert read_twin(twin).warnings == ()

    _condition(twin, "compressor.motor.size > DOUBLE(5)")
    assert faults(twin) == [f"{_PLACE}compressor.motor has no property size (it has serialNumber)"]


def test_without_a_graph_the_devices_are_known(twin: Path) -> None:
    (twin / _AZURE).unlink()
    changed(twin, "config_providers.json", ("layer_4_provider",), "aws")
    assert read_twin(twin).twin.hierarchy is None

    _condition(twin, "hall.address == STRING(x)")
    assert faults(twin)[1].startswith(f"{_PLACE}there is no twin or device hall")


def test_nothing_is_said_to_be_missing_from_a_file_that_is_broken(twin: Path) -> None:
    changed(twin, "config_iot_devices.json", (0, "id"), 7)

    assert len(faults(twin)) == 1


def test_a_condition_that_cannot_be_read_is_told_whatever_else_is_wrong_with_its_event(
    twin: Path,
) -> None:
    _condition(twin, "cold-room-2.temperature >")
    changed(twin, "config_events.json", (1, "action", "type"), "lambda")
    changed(twin, "config_events.json", (0, "condition"), "cold-room-1.temperature >")
    changed(twin, "config_events.json", (0, "action", "feedback", "iotDeviceId"), "cold-room-9")

    expected = "expected a property or a constant, found the end"
    assert faults(twin) == [
        f"config_events.json: [0].condition: {expected}",
        (
            "config_events.json: [0].action.feedback.iotDeviceId: there is no device cold-room-9 "
            "(devices: cold-room-1, cold-room-2, compressor)"
        ),
        f"config_events.json: [1].condition: {expected}",
        "config_events.json: [1].action.type: lambda is AWS's (write function)",
    ]
