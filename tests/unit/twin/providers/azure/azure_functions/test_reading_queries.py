from __future__ import annotations

import pytest

from funcyard.twin.contract.devices import DeviceInfo
from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.telemetry import Telemetry
from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
from funcyard.twin.providers.azure.azure_functions.shared.faults import UnknownError
from funcyard.twin.providers.azure.azure_functions.shared.reading_queries import (
    MOST,
    history,
    last_entry,
    question_of,
)

_DEVICE = DeviceInfo("d", "room", {"a": "DOUBLE", "b": "STRING"})


def test_a_question_is_read_from_a_body_an_envelope_or_an_address() -> None:
    told = {"entityId": "d", "startTime": "2026-11-20T10:00:00+01:00", "maxResults": 5}
    envelope = {
        "source_cloud": "azure",
        "target_layer": "layer_3_hot_provider",
        "message_type": "query",
        "timestamp": "2026-11-20T10:00:00Z",
        "trace_id": "t",
        "payload": told,
    }
    query = {name: str(value) for name, value in told.items()}

    questions = [
        question_of(asked, _DEVICE)
        for asked in (Asked(told), Asked(envelope), Asked(None, query=query))
    ]

    assert questions[0] == questions[1] == questions[2]
    assert (questions[0].first, questions[0].most) == ("2026-11-20T09:00:00.000Z", 5)
    assert questions[0].properties == {"a": "DOUBLE", "b": "STRING"}


def test_a_device_is_named_by_its_twin_too_and_asked_for_as_much_as_there_may_be() -> None:
    question = question_of(Asked({"entityId": "room", "selectedProperties": ["b", "b"]}), _DEVICE)

    assert (question.device, question.entity, question.most) == ("d", "room", MOST)
    assert list(question.properties) == ["b"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"entityId": 5},
        {"entityId": "d", "endTime": "soon"},
        {"entityId": "d", "startTime": "2026-11-21T00:00:00Z", "endTime": "2026-11-20T00:00:00Z"},
        {"entityId": "d", "selectedProperties": 3},
        {"entityId": "d", "maxResults": MOST + 1},
        {"entityId": "d", "maxResults": "x"},
        {"entityId": "d", "nextToken": "x"},
        {"payload": {"entityId": "d"}},
    ],
)
def test_what_is_no_question_is_refused(body: object) -> None:
    with pytest.raises(ContractError):
        question_of(Asked(body), _DEVICE)


@pytest.mark.parametrize(
    ("body", "device"),
    [
        ({"entityId": "nobody"}, None),
        ({"entityId": "d", "selectedProperties": ["a", "z"]}, _DEVICE),
    ],
)
def test_what_is_asked_of_nothing_is_not_an_empty_answer(
    body: object, device: DeviceInfo | None
) -> None:
    with pytest.raises(UnknownError):
        question_of(Asked(body), device)


def test_readings_without_a_property_are_left_out_of_its_history() -> None:
    question = question_of(Asked({"entityId": "d", "maxResults": 2}), _DEVICE)
    readings = [
        Telemetry("d", f"2026-11-20T10:00:0{n}.000Z", {"a": n} if n else {"b": "x"})
        for n in range(3)
    ]

    told = history(question, readings)

    assert told["nextToken"] == "2026-11-20T10:00:01.000Z"
    assert told["propertyValues"] == [
        {
            "entityPropertyReference": {"entityId": "d", "propertyName": "a"},
            "values": [{"time": "2026-11-20T10:00:01.000Z", "value": {"DoubleValue": 1}}],
        },
        {
            "entityPropertyReference": {"entityId": "d", "propertyName": "b"},
            "values": [{"time": "2026-11-20T10:00:00.000Z", "value": {"StringValue": "x"}}],
        },
    ]


def test_a_device_that_has_not_spoken_has_no_values() -> None:
    assert last_entry(question_of(Asked({"entityId": "d"}), _DEVICE), None) == {
        "propertyValues": {}
    }
