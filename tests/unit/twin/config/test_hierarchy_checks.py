"""What does not fit together in a twin's graph, each at its place with what mends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.twin.twins import changed, copied, faults

from funcyard.twin.config.reading import read_twin

_AZURE = "twin_hierarchy/azure_hierarchy.json"
_DEVICES = "config_iot_devices.json"


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.mark.parametrize(
    ("file", "path", "value", "where", "told"),
    [
        (
            _AZURE,
            ("models", 1, "@id"),
            "dtmi:Hall",
            _AZURE,
            'models[1].@id: "dtmi:Hall" is not taken (its DTMI)',
        ),
        (
            _AZURE,
            ("models", 1, "@id"),
            "dtmi:coldstorage:Hall;1",
            _AZURE,
            "models[1].@id: the model dtmi:coldstorage:Hall;1 comes twice",
        ),
        (
            _AZURE,
            ("models", 0, "@context"),
            "dtmi:dtdl:context;9",
            _AZURE,
            "models[0].@context: is neither DTDL 2 nor 3 (write dtmi:dtdl:context;3)",
        ),
        (
            _AZURE,
            ("twins", 1, "$metadata", "$model"),
            "dtmi:coldstorage:Room;1",
            _AZURE,
            "twins[1].$metadata.$model: there is no model dtmi:coldstorage:Room;1",
        ),
        (
            _AZURE,
            ("twins", 0, "$dtId"),
            "compressor",
            _AZURE,
            "twins[3].$dtId: the twin compressor comes twice",
        ),
        (
            _AZURE,
            ("relationships", 0, "$targetId"),
            "cold-room-7",
            _AZURE,
            "relationships[0].$targetId: there is no twin cold-room-7",
        ),
        (
            _AZURE,
            ("relationships", 1, "$relationshipId"),
            "hall-contains-1",
            _AZURE,
            ("relationships[1].$relationshipId: hall has a relationship hall-contains-1 already"),
        ),
        (
            _AZURE,
            ("relationships", 1, "$relationshipName"),
            "holds",
            _AZURE,
            (
                "relationships[1].$relationshipName: dtmi:coldstorage:Hall;1 declares no "
                "relationship holds (it declares contains, isCooledBy)"
            ),
        ),
        (
            _AZURE,
            ("twins", 3, "$dtId"),
            "compressor-1",
            _DEVICES,
            (
                "[2].id: there is no twin compressor in twin_hierarchy/azure_hierarchy.json "
                "(add one, or name it by twinId)"
            ),
        ),
        (
            _AZURE,
            ("models", 2, "contents", 0, "@type"),
            "Telemetry",
            _DEVICES,
            (
                "[0].properties[0].name: temperature is a Telemetry of "
                "dtmi:coldstorage:ColdRoom;1: a twin keeps properties only (declare a Property "
                "of schema double or float)"
            ),
        ),
        (
            _AZURE,
            ("models", 2, "contents", 2, "schema"),
            "string",
            _DEVICES,
            (
                "[0].properties[2].name: doorOpen is string in dtmi:coldstorage:ColdRoom;1, and "
                "BOOLEAN here (declare a Property of schema boolean)"
            ),
        ),
        (
            _AZURE,
            ("models", 2, "extends"),
            [],
            _DEVICES,
            (
                "[0].constProperties[0].name: dtmi:coldstorage:ColdRoom;1 does not declare "
                "serialNumber (declare a Property of schema string)"
            ),
        ),
    ],
)
def test_what_does_not_fit_is_told(
    twin: Path, file: str, path: tuple[str | int, ...], value: object, where: str, told: str
) -> None:
    changed(twin, file, path, value)

    assert f"{where}: {told}" in faults(twin)


def test_azure_needs_what_its_graph_begins_with(twin: Path) -> None:
    (twin / _AZURE).unlink()

    assert faults(twin) == [
        (
            f"config_providers.json: layer_4_provider: there is no {_AZURE}, "
            "which says what the graph begins with"
        )
    ]


def test_an_enumeration_takes_texts(twin: Path) -> None:
    states = {"@type": "Enum", "valueSchema": "string", "enumValues": []}
    changed(twin, _AZURE, ("models", 3, "contents", 2, "schema"), states)

    assert read_twin(twin).warnings == ()


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (
            ("models", 2, "extends"),
            ["dtmi:coldstorage:Asset;1", "dtmi:coldstorage:Thing;1"],
            "models[2].extends: there is no model dtmi:coldstorage:Thing;1",
        ),
        (
            ("models", 0, "contents", 3),
            {"@type": "Component", "name": "motor", "schema": "dtmi:coldstorage:Motor;1"},
            "models[0].contents[3].schema: the component motor is of no model here",
        ),
        (
            ("models", 0, "contents", 3),
            {"@type": "Component", "name": "motor", "schema": {"@type": "Enum"}},
            "models[0].contents[3].schema: the component motor is of no model here",
        ),
        (
            ("twins", 0, "adress"),
            "Harbour road 3",
            "twins[0].adress: dtmi:coldstorage:Hall;1 declares no property adress",
        ),
        (
            ("twins", 0, "contains"),
            "cold-room-1",
            "twins[0].contains: dtmi:coldstorage:Hall;1 declares no property contains",
        ),
        (("twins", 0, "address"), 3, "twins[0].address: is no string, as address is"),
        (("twins", 3, "starts"), 1.5, "twins[3].starts: is no long, as starts is"),
    ],
)
def test_what_the_graph_s_import_would_refuse_is_told(
    twin: Path, path: tuple[str | int, ...], value: object, fault: str
) -> None:
    changed(twin, _AZURE, path, value)

    assert faults(twin) == [f"{_AZURE}: {fault}"]


def test_twins_may_begin_with_values(twin: Path) -> None:
    changed(twin, _AZURE, ("twins", 1, "temperature"), -18)
    changed(twin, _AZURE, ("twins", 1, "serialNumber"), "CR-0417")
    changed(twin, _AZURE, ("twins", 1, "$etag"), "x")

    assert read_twin(twin).warnings == ()
