"""Parts of a graph: where they are, and how they are brought to what is wanted."""

from __future__ import annotations

import asyncio

import pytest

from funcyard.deploy.diff import MISSING, Difference, Path
from funcyard.deploy.refs import Json
from funcyard.deploy.resources.addresses import Addresses
from funcyard.deploy.resources.digital_twins import DigitalTwins
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.twin import Twin
from funcyard.deploy.resources.twin_graph import step
from funcyard.deploy.resources.twin_model import TwinModel
from funcyard.deploy.resources.twin_relationship import TwinRelationship

_GROUP = ResourceGroup.of("g", "00000000-0000-0000-0000-000000000001", "rg", "westeurope")
_TWINS = DigitalTwins.of("t", _GROUP, "graph", "westeurope")
_MODEL = TwinModel.of("m", _TWINS, {"@id": "dtmi:a:B;1"})
_OTHER = Twin.of("other", _TWINS, "other", _MODEL)
_DOOR = TwinRelationship.of(
    "d", _TWINS, "door", source=_OTHER, target=_OTHER, relationship="leadsTo"
)


def test_what_is_in_a_graph_has_its_path_in_its_identity() -> None:
    assert _MODEL.path == "/models/dtmi%3Aa%3AB%3B1"
    assert _DOOR.path == "/digitaltwins/other/relationships/door"
    assert (_MODEL.id, _OTHER.id, _DOOR.id) == ("dtmi:a:B;1", "other", "door")


def test_everything_waits_for_what_it_needs() -> None:
    assert _OTHER.depends_on == ("t", "m")
    assert _DOOR.depends_on == ("t", "other", "other")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("label",), {"op": "add", "path": "/label", "value": "x"}),
        (("part", "power"), {"op": "add", "path": "/part/power", "value": 3}),
        (("gone",), {"op": "remove", "path": "/gone"}),
        (("a/b~c",), {"op": "remove", "path": "/a~1b~0c"}),
    ],
)
def test_a_difference_becomes_a_step_of_a_patch(path: Path, expected: dict[str, Json]) -> None:
    assert step(path, {"label": "x", "part": {"power": 3}}) == expected


def test_fixed_things_are_made_anew() -> None:
    def differs(*path: str) -> tuple[Difference, ...]:
        return (Difference(path, MISSING, "x"),)

    assert _MODEL.replace_when(differs("model", "displayName"))
    assert not _MODEL.replace_when(differs("decommissioned"))
    assert _DOOR.replace_when(differs("$targetId"))
    assert not _DOOR.replace_when(differs("wide"))


async def test_an_address_is_asked_for_once_until_it_is_forgotten() -> None:
    addresses, asked = Addresses(), []

    async def ask() -> str:
        asked.append(1)
        return f"host-{len(asked)}"

    found = await asyncio.gather(*(addresses.of("/Id", ask) for _ in range(5)))
    assert set(found) == {"host-1"}
    addresses.tell("/id", None)
    assert await addresses.of("/ID", ask) == "host-2"
