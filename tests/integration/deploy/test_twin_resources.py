"""A graph of Digital Twins, deployed to the local Azure: made, mended, taken away."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator, MutableMapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from azure.core.pipeline.transport import AioHttpTransport
from azure.digitaltwins.core import DigitalTwinsClient
from tests import local_azure
from tests.integration.emulator import twins
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import Cloud, cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.azure.principal import principal_of
from funcyard.cli.deploy._azure import signed_in as signing
from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.check import Drifted, Present, Undecided, check
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Engine, Limits
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.resources.digital_twins import DATA_OWNER, DigitalTwins
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.role_assignment import RoleAssignment
from funcyard.deploy.resources.twin import Twin
from funcyard.deploy.resources.twin_model import TwinModel
from funcyard.deploy.resources.twin_relationship import TwinRelationship

_WEST = "westeurope"

_LIMITS = Limits(first_pause=0.05, first_look=0.02)  # as short as the work here is


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """A local Azure whose work takes next to no time, and whose roles count after a while."""
    location = tmp_path_factory.mktemp("azure") / "kept"
    service = local_azure.start(location, "--scale", "1000", "--faults", "roles=60")
    yield service
    service.end()


@pytest.fixture
async def reach(azure: LocalAzure) -> AsyncIterator[Reach]:
    settings = azure.settings
    async with reached(identity_of(settings), cloud_of(settings)) as found:
        yield found


class Made:
    """A stack of its own in that Azure: two rooms and a door."""

    def __init__(self, reach: Reach, folder: Path, principal: str) -> None:
        self.name = f"t{uuid.uuid4().hex[:12]}"
        self.principal = principal
        store = FolderStore(folder, self.name)
        self.engine = Engine(self.name, reach, store, REGISTRY, limits=_LIMITS)

    def graph(self, *, label: str = "north", model: dict[str, Any] | None = None) -> Graph[Reach]:
        group = ResourceGroup.of("setup.group", SUBSCRIPTION, self.name, _WEST)
        instance = DigitalTwins.of("l4.twins", group, self.name, _WEST)
        role = RoleAssignment.to("l4.role", instance, DATA_OWNER, self.principal)
        heater = TwinModel.of("l4.heater", instance, twins.HEATER, after=["l4.role"])
        room = TwinModel.of("l4.room", instance, model or twins.ROOM, needs=[heater])
        parts = {"heater": {"power": 3}}
        north = Twin.of("l4.north", instance, "north", room, {"label": label}, components=parts)
        south = Twin.of("l4.south", instance, "south", room, components={"heater": {}})
        door = TwinRelationship.of(
            "l4.door",
            instance,
            "door",
            source=north,
            target=south,
            relationship="leadsTo",
            properties={"wide": True},
        )
        return Graph([group, instance, role, heater, room, north, south, door])

    def client(self, azure: LocalAzure) -> Any:  # noqa: ANN401 - a context manager
        identity = self.graph().resources["l4.twins"].identity
        _, _, told = azure.call("GET", identity, version="2023-01-31")
        return twins.client(azure, f"https://{told['properties']['hostName']}")


@pytest.fixture
async def made(reach: Reach, tmp_path: Path) -> Made:
    principal = await principal_of(reach.credential, reach.cloud)
    return Made(reach, tmp_path / "state", principal)


async def _deploy(made: Made, graph: Graph[Reach]) -> None:
    report = await deploy(made.engine, graph)
    assert report is not None
    assert report.failures() == {}


async def test_a_graph_is_made_found_the_same_and_taken_away(made: Made, azure: LocalAzure) -> None:
    await _deploy(made, made.graph())
    assert (await plan(made.engine, made.graph())).counts() == {Action.NONE: 8}
    client: DigitalTwinsClient
    with made.client(azure) as client:
        north = client.get_digital_twin("north")
        assert (north["label"], north["heater"]["power"]) == ("north", 3)
        assert client.get_relationship("north", "door")["wide"] is True
    assert set((await check(made.engine, made.graph())).values()) == {Present()}
    gone = await destroy(made.engine)
    assert gone is not None
    assert gone.failures() == {}


async def test_a_deployment_signs_in_once_for_each_service(made: Made, azure: LocalAzure) -> None:
    """However many resources are read and made at once: sign-ins are limited, too."""
    cloud = cloud_of(azure.settings)
    signed_in: list[str] = []

    class Carrier(AioHttpTransport):  # type: ignore[misc]  # azure-core loads it lazily
        async def send(self, request: Any, **options: Any) -> Any:  # noqa: ANN401 - as it is there
            if request.url.endswith("/oauth2/v2.0/token"):
                signed_in.append(request.data["scope"])
            return await super().send(request, **options)

    class Counted(Cloud):
        def transport(self, address: str) -> AioHttpTransport:  # noqa: ARG002
            return Carrier(connection_verify=azure.ca)

    counted = Counted(**{one.name: getattr(cloud, one.name) for one in fields(cloud)})
    await _deploy(made, made.graph())
    async with reached(identity_of(azure.settings), counted) as reach:
        await signing(reach)
        again = Engine(made.name, reach, made.engine.store, REGISTRY, limits=_LIMITS)
        gone = await destroy(again)

    assert gone is not None
    assert gone.failures() == {}
    assert sorted(one.split()[0] for one in signed_in) == [
        "https://digitaltwins.azure.net/.default",
        "https://management.azure.com/.default",
    ]


async def test_what_is_declared_is_mended_and_what_others_set_is_left(
    made: Made, azure: LocalAzure
) -> None:
    await _deploy(made, made.graph())
    client: DigitalTwinsClient
    with made.client(azure) as client:
        add = {"op": "add"}
        told: list[MutableMapping[str, Any]] = [
            {**add, "path": "/temperature", "value": 21},
            {**add, "path": "/label", "value": "south"},
            {**add, "path": "/heater/power", "value": 4},
        ]
        client.update_digital_twin("north", told)
        client.update_relationship("north", "door", [{**add, "path": "/wide", "value": False}])
        checked = await check(made.engine, made.graph())
        drifted = checked["l4.north"]
        assert isinstance(drifted, Drifted)
        assert [str(one) for one in drifted.differences] == [
            "label: 'south' → 'north'",
            "heater.power: 4 → 3",
        ]
        await _deploy(made, made.graph())
        north = client.get_digital_twin("north")
        assert (north["label"], north["temperature"], north["heater"]["power"]) == ("north", 21, 3)
        assert client.get_relationship("north", "door")["wide"] is True
    await destroy(made.engine)


async def test_another_document_makes_a_model_anew_and_twins_stay(
    made: Made, azure: LocalAzure
) -> None:
    await _deploy(made, made.graph())
    client: DigitalTwinsClient
    with made.client(azure) as client:
        client.update_digital_twin("north", [{"op": "add", "path": "/temperature", "value": 5}])
        changed = {**twins.ROOM, "displayName": "Chamber"}
        await _deploy(made, made.graph(model=changed))
        assert client.get_model("dtmi:test:Room;1").display_name == {"en": "Chamber"}
        assert client.get_digital_twin("north")["temperature"] == 5
    await destroy(made.engine)


async def test_without_its_role_nothing_is_told_and_the_role_comes_back_first(
    made: Made, azure: LocalAzure
) -> None:
    await _deploy(made, made.graph())
    role = made.graph().resources["l4.role"].identity
    client: DigitalTwinsClient
    with made.client(azure) as client:
        client.update_digital_twin("north", [{"op": "add", "path": "/temperature", "value": 5}])
        assert azure.call("DELETE", role, version="2022-04-01")[0] == 200

        checked = await check(made.engine, made.graph())
        assert isinstance(checked["l4.north"], Undecided)
        assert "has no role" in checked["l4.north"].reason
        await _deploy(made, made.graph(label="attic"))
        north = client.get_digital_twin("north")
        assert (north["label"], north["temperature"]) == ("attic", 5)
    assert (await plan(made.engine, made.graph(label="attic"))).counts() == {Action.NONE: 8}
    await destroy(made.engine)
