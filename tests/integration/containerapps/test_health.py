"""``funcyard orch health --deep`` on a local Azure: the cause of each of many faults, and no other.

Some at a time run in one environment; each is judged until what is said of it is what is true,
which takes as long as its fault takes to show.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from tests import local_azure
from tests.integration.containerapps.health_cases import Case, Given, broken, healthy
from tests.integration.containerapps.health_images import made
from tests.integration.emulator.containerapps import VERSION, environment, good, profile
from tests.integration.emulator.registries import identity, registry
from tests.integration.emulator.twins import group
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import Cloud, cloud_of
from funcyard.azure.container_apps import CONTAINER_APP, ContainerApps
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.manager import Manager
from funcyard.azure.resource_ids import ResourceId
from funcyard.azure.sign_in import SharedSignIn
from funcyard.containerapps.health.gathering import Gathering, Question
from funcyard.containerapps.health.judging import judge
from funcyard.containerapps.health.results import Outcome, Report

pytestmark = pytest.mark.timeout(400)  # many apps, each as long as its fault takes

_GROUP = "health"
_PATIENCE = 25.0
_PAUSE = 0.4
_BETWEEN_LOOKS = 1.5
_AT_A_TIME = 6


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "100")
    group(service, _GROUP)
    yield service
    service.end()


@pytest.fixture(scope="module")
def given(azure: LocalAzure, tmp_path_factory: pytest.TempPathFactory) -> Given:
    where = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{_GROUP}/providers"
    account = f"{where}/Microsoft.Storage/storageAccounts/healthstorage"
    body = {"location": "eastus", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    good(azure.call("PUT", account, body, "2023-05-01"))
    space = environment(azure, _GROUP, "env", profile("E16", 0, 1))
    images = made(registry(azure, _GROUP, "images", is_open=True), tmp_path_factory.mktemp("i"))
    identity(azure, _GROUP, "without-roles")
    connection, wrong = _connections(azure, account)
    own = f"{where}/Microsoft.ManagedIdentity/userAssignedIdentities/without-roles"
    return Given(images, connection, wrong, space, own)


def _connections(azure: LocalAzure, account: str) -> tuple[str, str]:
    """Return the connection string of an account, and one with another key."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        status, _, told = azure.call("GET", account, None, "2023-05-01")
        if status == 200 and told["properties"].get("provisioningState") == "Succeeded":
            break
        assert time.monotonic() < deadline, told
        time.sleep(_PAUSE)
    keys = good(azure.call("POST", f"{account}/listKeys", None, "2023-05-01"))["keys"]
    endpoint = told["properties"]["primaryEndpoints"]["blob"].rstrip("/")
    begin = f"DefaultEndpointsProtocol=http;AccountName=healthstorage;BlobEndpoint={endpoint};"
    wrong = base64.b64encode(b"w" * 64).decode()
    return f"{begin}AccountKey={keys[0]['value']};", f"{begin}AccountKey={wrong};"


@dataclass
class Judging:
    """Makes apps, some at a time, and judges them.

    Attributes:
        cloud: Where they are.
        client: Of container apps.
        manager: The Resource Manager.
        sign_in: Who asks.
        turns: Whose turn it is.
    """

    cloud: Cloud
    client: ContainerApps
    manager: Manager
    sign_in: SharedSignIn
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_A_TIME))

    async def judged(self, title: str, case: Case) -> Report:
        """Return what is said of an app, once it is what is true, or in the end."""
        async with self.turns:
            resource = ResourceId(
                SUBSCRIPTION, _GROUP, CONTAINER_APP, f"a-{title}".replace(" ", "-")
            )
            await self._made(resource, case)
            report = await self._named(resource, case)
            await self._gone(resource)
            return report

    async def _made(self, resource: ResourceId, case: Case) -> None:
        """Make an app, and bring it to its fault."""
        try:
            await self._put(resource, case, case.properties)
        except HttpResponseError:
            assert case.refused
            return
        assert not case.refused
        if case.then is None and not case.act:
            return
        first = await self._ready(resource)
        if case.then is not None:
            for share in (case.then["configuration"].get("ingress") or {}).get("traffic") or ():
                if share.get("revisionName") == "OLD":
                    share["revisionName"] = first
            await self._put(resource, case, case.then)
        where = {"stop": str(resource), "deactivate": f"{resource}/revisions/{first}"}
        if case.act:
            await self.manager.act(where[case.act], case.act, VERSION)

    async def _put(self, resource: ResourceId, case: Case, properties: dict[str, Any]) -> None:
        body = {"location": "eastus", "properties": properties}
        if case.identity:
            body["identity"] = case.identity
        await self.manager.put(str(resource), VERSION, body)

    async def _ready(self, resource: ResourceId) -> str:
        """Return the name of an app's first revision, once that is ready."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                told = await self.manager.get(str(resource), VERSION)
                found = (told or {})["properties"]
                if found.get("latestReadyRevisionName"):
                    return str(found["latestReadyRevisionName"])
                await asyncio.sleep(_PAUSE)

    async def _gone(self, resource: ResourceId) -> None:
        """Take an app away, once what still goes on with it has ended."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                with contextlib.suppress(ResourceExistsError):
                    await self.manager.delete(str(resource), VERSION)
                    return
                await asyncio.sleep(_PAUSE)

    async def _named(self, resource: ResourceId, case: Case) -> Report:
        question = Question(
            resource,
            self.cloud,
            is_deep=True,
            patience=20.0,
            expected=case.expected,
            built=case.built,
        )
        deadline = time.monotonic() + _PATIENCE
        while True:
            asking = Gathering(self.client, self.manager, self.sign_in, question)
            report = judge(await asking.facts())
            if _is_true(report, case) or time.monotonic() > deadline:
                return report
            await asyncio.sleep(_BETWEEN_LOOKS)


def _is_true(report: Report, case: Case) -> bool:
    """Whether what is said of an app is what is true of it."""
    cause = report.cause
    if cause is None:
        return not case.cause and _is_calm(report)
    return cause.check == case.cause and case.told in cause.found.message


def _is_calm(report: Report) -> bool:
    """Whether nothing is on its way any more."""
    return all(
        one.found.outcome is not Outcome.WARN
        for one in report.results
        if one.check in ("app", "revisions", "replicas")
    )


async def _judged(azure: LocalAzure, cases: dict[str, Case]) -> dict[str, Report]:
    cloud = cloud_of(azure.settings)
    async with (
        SharedSignIn(credential(identity_of(azure.settings), cloud)) as sign_in,
        ContainerApps(sign_in, cloud, SUBSCRIPTION) as client,
        Manager(sign_in, cloud) as manager,
    ):
        judging = Judging(cloud, client, manager, sign_in)
        found = await asyncio.gather(
            *(judging.judged(title, case) for title, case in cases.items())
        )
    return dict(zip(cases, found, strict=True))


@pytest.fixture(scope="module")
def reports(azure: LocalAzure, given: Given) -> dict[str, Report]:
    return asyncio.run(_judged(azure, {**broken(given), **healthy(given)}))


def test_of_each_broken_app_the_cause_is_named_first(
    reports: dict[str, Report], given: Given
) -> None:
    cases = broken(given)
    assert len(cases) >= 25
    wrong = [title for title, case in cases.items() if not _is_true(reports[title], case)]
    assert not wrong, "\n".join(line for title in wrong for line in _shown(title, reports[title]))


def test_of_no_healthy_app_anything_fails(reports: dict[str, Report], given: Given) -> None:
    cases = healthy(given)
    assert len(cases) == 10
    wrong = [title for title in cases if reports[title].has_failed]
    assert not wrong, "\n".join(line for title in wrong for line in _shown(title, reports[title]))


def _shown(title: str, report: Report) -> list[str]:
    return [
        f"{title}: {one.found.outcome.value} {one.check}: {one.found.message} {one.found.evidence}"
        for one in report.results
        if one.found.outcome in (Outcome.FAIL, Outcome.WARN)
    ]
