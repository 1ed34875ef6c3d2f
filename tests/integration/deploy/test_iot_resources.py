"""A hub and its devices, deployed to the local Azure: made, mended, taken away."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.iot.hub import IoTHubRegistryManager
from tests import local_azure
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.azure.principal import principal_of
from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.check import Absent, Check, Drifted, Present, Undecided, check
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Engine
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.resources.iot_device import IotDevice
from funcyard.deploy.resources.iot_hub import REGISTRY_CONTRIBUTOR, IotHub
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.role_assignment import RoleAssignment

_WEST = "westeurope"
_VERSION = "2023-06-30"


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
    """A stack of its own in that Azure: a hub and two devices."""

    def __init__(self, reach: Reach, folder: Path, principal: str) -> None:
        self.name = f"i{uuid.uuid4().hex[:12]}"
        self.reach = reach
        self.principal = principal
        self.engine = Engine(self.name, reach, FolderStore(folder, self.name), REGISTRY)

    def graph(self, *, sku: str = "S1", is_enabled: bool = True) -> Graph[Reach]:
        group = ResourceGroup.of("setup.group", SUBSCRIPTION, self.name, _WEST)
        hub = IotHub.of("l1.hub", group, self.name, _WEST, sku=sku)
        role = RoleAssignment.to("l1.role", hub, REGISTRY_CONTRIBUTOR, self.principal)
        first = IotDevice.of("l1.first", hub, "first", after=["l1.role"])
        second = IotDevice.of("l1.second", hub, "a:b", is_enabled=is_enabled, after=["l1.role"])
        return Graph([group, hub, role, first, second])

    async def deploy(self, graph: Graph[Reach]) -> None:
        report = await deploy(self.engine, graph)
        assert report is not None
        assert report.failures() == {}

    async def destroy(self) -> None:
        report = await destroy(self.engine)
        assert report is not None
        assert report.failures() == {}

    async def checked(self) -> dict[str, Check]:
        return await check(self.engine, self.graph())

    async def secret(self, address: str, name: str) -> str:
        resource = self.graph().resources[address]
        return (await resource.secrets(self.reach, frozenset({name})))[name]

    async def registry(self) -> Any:  # noqa: ANN401 - it has no types
        text = await self.secret("l1.hub", "registry_connection_string")
        return IoTHubRegistryManager.from_connection_string(text)


@pytest.fixture
async def made(reach: Reach, tmp_path: Path) -> Made:
    return Made(reach, tmp_path / "state", await principal_of(reach.credential, reach.cloud))


async def _hostname(made: Made) -> str:
    hub = made.graph().resources["l1.hub"]
    observed = await hub.read(made.reach)
    assert observed is not None
    return str(hub.outputs(observed)["hostname"])


@pytest.fixture(autouse=True)
def _trusting(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", azure.ca)


async def test_a_hub_is_made_with_its_devices_found_the_same_and_taken_away(made: Made) -> None:
    await made.deploy(made.graph())
    assert (await plan(made.engine, made.graph())).counts() == {Action.NONE: 5}
    assert set((await made.checked()).values()) == {Present()}
    registry = await made.registry()
    found = registry.get_device("first")
    assert found.status == "enabled"
    key = found.authentication.symmetric_key.primary_key
    assert await made.secret("l1.first", "key") == key
    host = (await _hostname(made)).partition(":")[0]
    told = await made.secret("l1.first", "connection_string")
    assert told == f"HostName={host};DeviceId=first;SharedAccessKey={key}"
    await made.destroy()
    assert set((await made.checked()).values()) == {Absent()}


async def test_a_device_that_differs_is_mended_and_keeps_its_keys(made: Made) -> None:
    await made.deploy(made.graph())
    registry, key = await made.registry(), await made.secret("l1.second", "key")
    seen = registry.get_device("a:b")
    registry.update_device_with_sas("a:b", seen.etag, key, key, "disabled")
    registry.delete_device("first")
    checked = await made.checked()
    assert checked["l1.first"] == Absent()
    drifted = checked["l1.second"]
    assert isinstance(drifted, Drifted)
    assert [str(one) for one in drifted.differences] == ["status: 'disabled' → 'enabled'"]
    await made.deploy(made.graph())
    assert set((await made.checked()).values()) == {Present()}
    assert await made.secret("l1.second", "key") == key
    changed = made.graph(is_enabled=False)
    assert (await plan(made.engine, changed)).counts() == {Action.NONE: 4, Action.UPDATE: 1}
    await made.deploy(changed)
    assert registry.get_device("a:b").status == "disabled"


async def test_a_hub_that_changes_keeps_what_others_set(made: Made, azure: LocalAzure) -> None:
    await made.deploy(made.graph())
    hub = made.graph().resources["l1.hub"].identity
    _, _, body = azure.call("GET", hub, version=_VERSION)
    routed = {"name": "r", "source": "DeviceMessages", "endpointNames": ["events"]}
    body["properties"]["routing"]["routes"] = [{**routed, "isEnabled": True}]
    assert azure.call("PUT", hub, body, version=_VERSION)[0] == 201
    await made.deploy(made.graph(sku="S2"))
    _, _, after = azure.call("GET", hub, version=_VERSION)
    assert after["sku"]["name"] == "S2"
    assert [one["name"] for one in after["properties"]["routing"]["routes"]] == ["r"]
    assert (await made.registry()).get_device("first").status == "enabled"
    planned = await plan(made.engine, made.graph(sku="F1"))
    assert planned.counts()[Action.REPLACE] >= 1  # a free hub becomes no other


async def test_without_its_role_devices_cannot_be_told(made: Made, azure: LocalAzure) -> None:
    await made.deploy(made.graph())
    role = made.graph().resources["l1.role"].identity
    assert azure.call("DELETE", role, version="2022-04-01")[0] == 200
    undecided = (await made.checked())["l1.first"]
    assert isinstance(undecided, Undecided)
    assert "not authorized" in undecided.reason
    await made.deploy(made.graph())
    assert set((await made.checked()).values()) == {Present()}
