"""What does not fit together in a twin's files, each at its place with what mends it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.twin.twins import GONE, changed, copied, faults, said

from funcyard.twin.config.json_tree import LONGEST
from funcyard.twin.config.reading import read_twin

_OPTIMIZATION = "config_optimization.json"
_FLAGS = ("result", "inputParamsUsed")
_FUNCTION = {"type": "function", "functionName": "other", "autoDeploy": False}


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.mark.parametrize(
    ("file", "path", "value", "where", "told"),
    [
        (
            "config.json",
            ("cold_storage_size_in_days",),
            7,
            "config.json",
            (
                "cold_storage_size_in_days: readings come here after 7 days and would leave "
                "after 7 (both count from the reading: write more than "
                "hot_storage_size_in_days)"
            ),
        ),
        (
            "config.json",
            ("mode",),
            "DEBUG",
            "config.json",
            'mode: expected "production" or "debug", found "DEBUG"',
        ),
        (
            "config.json",
            ("hot_storage_size_in_days",),
            True,
            "config.json",
            "hot_storage_size_in_days: expected a whole number, found true",
        ),
        (
            "config_iot_devices.json",
            (1, "id"),
            "Cold-Room-1",
            "config_iot_devices.json",
            "[1].id: the device Cold-Room-1 differs from cold-room-1 in case only",
        ),
        (
            "config_iot_devices.json",
            (2, "twinId"),
            "cold-room-1",
            "config_iot_devices.json",
            "[2].twinId: the twin cold-room-1 shows the readings of cold-room-1 already",
        ),
        (
            "config_iot_devices.json",
            (0, "properties", 1, "name"),
            "temperature",
            "config_iot_devices.json",
            "[0].properties[1].name: the property temperature comes twice",
        ),
        (
            "config_iot_devices.json",
            (0, "properties", 1, "dataType"),
            "FLOAT",
            "config_iot_devices.json",
            (
                '[0].properties[1].dataType: expected "DOUBLE", "INTEGER", "STRING" or '
                '"BOOLEAN", found "FLOAT"'
            ),
        ),
        (
            "config_iot_devices.json",
            (0, "properties", 0, "initValue"),
            "cold",
            "config_iot_devices.json",
            "[0].properties[0]: initValue: expected a number, as its dataType is DOUBLE",
        ),
        (
            "config_iot_devices.json",
            (2, "constProperties", 0, "value"),
            2**63,
            "config_iot_devices.json",
            (
                "[2].constProperties[0]: value: expected a whole number of 64 bits, as its "
                "dataType is INTEGER"
            ),
        ),
        (
            "config_iot_devices.json",
            (0, "properties"),
            [],
            "config_iot_devices.json",
            "[0].properties: is empty",
        ),
        (
            "config_credentials.json",
            ("aws",),
            {},
            "config_credentials.json",
            (
                "aws: credentials of Azure only are wanted here (an entry is called azure, or "
                "azure:NAME as in config_providers.json)"
            ),
        ),
        (
            "config_credentials.json",
            ("azure", "azure_client_id"),
            "env:ID",
            "config_credentials.json",
            (
                "azure: azure_tenant_id and azure_client_secret missing: the three say together "
                "who Funcyard is (leave all three out to deploy as whoever is signed in)"
            ),
        ),
        (
            "config_providers.json",
            ("layer_5_provider",),
            "azure:plant",
            "config_credentials.json",
            "has no entry azure:plant, which holds layer_5_provider",
        ),
        (
            _OPTIMIZATION,
            (*_FLAGS, "returnFeedbackToDevice"),
            GONE,
            _OPTIMIZATION,
            "result.inputParamsUsed.returnFeedbackToDevice: is missing",
        ),
        (
            _OPTIMIZATION,
            (*_FLAGS, "integrateErrorHandling"),
            True,
            _OPTIMIZATION,
            "result.inputParamsUsed.integrateErrorHandling: expected false, found true",
        ),
        (
            _OPTIMIZATION,
            (*_FLAGS, "returnFeedbackToDevice"),
            False,
            "config_events.json",
            "[0].action.feedback: needs returnFeedbackToDevice, which is false",
        ),
        (
            _OPTIMIZATION,
            (*_FLAGS, "triggerNotificationWorkflow"),
            False,
            "config_events.json",
            "[2].action.type: needs triggerNotificationWorkflow, which is false",
        ),
        (
            _OPTIMIZATION,
            (*_FLAGS, "useEventChecking"),
            False,
            _OPTIMIZATION,
            (
                "result.inputParamsUsed: triggerNotificationWorkflow needs useEventChecking: "
                "without it no event is found"
            ),
        ),
        (
            "config_events.json",
            (0, "action", "type"),
            "lambda",
            "config_events.json",
            "[0].action.type: lambda is AWS's (write function)",
        ),
        (
            "config_events.json",
            (0, "action", "functionName"),
            GONE,
            "config_events.json",
            "[0].action: functionName is missing: it says which function is called",
        ),
        (
            "config_events.json",
            (0, "action", "pathToCode"),
            GONE,
            "config_events.json",
            (
                "[0].action: pathToCode is missing: the function is deployed with the twin "
                '(write "autoDeploy": false where it is there already)'
            ),
        ),
        (
            "config_events.json",
            (2, "action", "functionName"),
            "raise-alarm",
            "config_events.json",
            "[2].action: a logic_app has no functionName and no pathToCode",
        ),
        (
            "config_events.json",
            (1, "action"),
            {**_FUNCTION, "functionName": "Raise-alarm"},
            "config_events.json",
            (
                "[1].action.functionName: Raise-alarm is another function in an event before "
                "(give both the same code, or one another name)"
            ),
        ),
        (
            "config_events.json",
            (1, "action", "pathToCode"),
            "../elsewhere",
            "config_events.json",
            (
                "[1].action.pathToCode: lies outside of the twin's folder (name a folder of the "
                "twin, such as actions/alarm)"
            ),
        ),
        (
            "config_events.json",
            (0, "action", "pathToCode"),
            "a\x00b",
            "config_events.json",
            (
                "[0].action.pathToCode: is no path that can be used (name a folder of the twin, "
                "such as actions/alarm)"
            ),
        ),
        (
            "config_events.json",
            (0, "action", "pathToCode"),
            "event_actions",
            "event_actions/process.py",
            "is missing (it defines process(event))",
        ),
    ],
)
def test_what_does_not_fit_is_told(
    twin: Path, file: str, path: tuple[str | int, ...], value: object, where: str, told: str
) -> None:
    changed(twin, file, path, value)

    assert f"{where}: {told}" in faults(twin)


def test_credentials_that_no_slot_needs_are_a_warning(twin: Path) -> None:
    azure = {"azure_subscription_id": "env:OTHER", "azure_region": "westeurope"}
    changed(twin, "config_credentials.json", ("azure:other",), azure)

    assert said(read_twin(twin).warnings) == [
        "config_credentials.json: azure:other: no slot names this cloud"
    ]


def test_events_that_nobody_checks_are_a_warning(twin: Path) -> None:
    flags = {
        "useEventChecking": False,
        "triggerNotificationWorkflow": False,
        "returnFeedbackToDevice": False,
        "somethingElse": 7,
    }
    changed(twin, "config_optimization.json", ("result", "inputParamsUsed"), flags)

    assert said(read_twin(twin).warnings) == [
        "config_events.json: no event is checked, as useEventChecking is false"
    ]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("def proces(event): ...", "defines no process(event)"),
        ("def process(): ...", "defines no process(event)"),
        ("def process(event, more): ...", "defines no process(event)"),
        ("def process(event, *, more): ...", "defines no process(event)"),
        ("async def process(event): ...", "defines no process(event)"),
        ("def process(event:\n", "line 1: '(' was never closed"),
        ("\x00", "source code string cannot contain null bytes"),
    ],
)
def test_code_that_cannot_be_called_is_told(twin: Path, code: str, fault: str) -> None:
    file = "processors/cold-room-2/process.py"
    (twin / file).write_text(code)

    assert faults(twin)[0].startswith(f"{file}: {fault}")


@pytest.mark.parametrize(
    "code",
    [
        "def process(event, more=1): ...",
        "def process(event, /, *rest, **others): ...",
        'def process(event):\n    return "\\d"',
    ],
)
def test_code_may_take_more_than_it_is_given(twin: Path, code: str) -> None:
    (twin / "processors" / "cold-room-2" / "process.py").write_text(code)

    assert read_twin(twin).warnings == ()


def test_code_that_is_no_file_or_too_large_is_told(twin: Path) -> None:
    file = twin / "processors" / "cold-room-2" / "process.py"
    file.write_text("#" * (LONGEST + 1))
    assert faults(twin) == ["processors/cold-room-2/process.py: larger than 1024 KiB"]

    file.unlink()
    os.mkfifo(file)
    assert faults(twin)[0].startswith("processors/cold-room-2/process.py: is missing")


def test_of_a_hundred_devices_a_hint_names_some(twin: Path) -> None:
    for number in range(3, 103):
        new = {"id": f"d{number}", "properties": [{"name": "x", "dataType": "DOUBLE"}]}
        changed(twin, "config_iot_devices.json", (number,), new)
    changed(twin, "config_events.json", (0, "action", "feedback", "iotDeviceId"), "gone")

    assert (
        "config_events.json: [0].action.feedback.iotDeviceId: there is no device gone (devices: "
        "cold-room-1, cold-room-2, compressor, d10, d100, d101, d102, d11 and 95 more)"
    ) in faults(twin)


def test_a_processor_of_no_device_is_told(twin: Path) -> None:
    (twin / "processors" / "cold-room-2").rename(twin / "processors" / "cold-room-3")

    assert faults(twin) == [
        (
            "processors/cold-room-3: there is no device cold-room-3 "
            "(a processor's folder is called as its device)"
        )
    ]
