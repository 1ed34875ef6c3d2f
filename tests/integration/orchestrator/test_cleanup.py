"""What a run left: found by reading, deleted in order, and never taken for gone unread."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from tests import local_azure
from tests.integration.orchestrator.conftest import settings_of
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.secrets.store import SecretRef
from funcyard.orchestrator import naming
from funcyard.orchestrator.activities import Activities
from funcyard.orchestrator.clients import opened
from funcyard.orchestrator.settings import read_settings

Json = dict[str, Any]

_SCENARIO = "ai-ml-01-vision"
_ABOVE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
_PLAN = {
    "sku": {"name": "B1", "tier": "Basic"},
    "kind": "linux",
    "properties": {"reserved": True},
}
_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


@pytest.fixture
def activities(settings: dict[str, str]) -> Activities:
    return Activities(settings)


def _about(run_id: str, **more: Any) -> Json:  # noqa: ANN401 - JSON
    return {"run_id": run_id, "scenarios": [_SCENARIO], "sp_details": [], **more}


def _group(azure: LocalAzure, tags: dict[str, str] | None = None) -> str:
    path = f"{_ABOVE}/g-{uuid.uuid4().hex[:8]}"
    made = azure.call("PUT", path, {"location": "westus", "tags": tags or {}})
    assert made[0] == 201
    return path


def _put(azure: LocalAzure, path: str, tags: dict[str, str], **more: Any) -> str:  # noqa: ANN401
    version = {"Microsoft.Web": "2024-04-01", "Microsoft.ManagedIdentity": "2023-01-31"}
    namespace = path.partition("/providers/")[2].partition("/")[0]
    body = {"location": "westus", "tags": tags, **more}
    status, _, told = azure.call("PUT", path, body, version[namespace])
    assert status in {200, 201}, told
    return path


def _identity(azure: LocalAzure, group: str, tags: dict[str, str], name: str = "worker") -> str:
    path = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    return _put(azure, path, tags)


def _site(azure: LocalAzure, group: str, tags: dict[str, str]) -> tuple[str, str]:
    """Make a site on a plan; Azure keeps a plan that has sites."""
    name = f"s{uuid.uuid4().hex[:8]}"
    plan = f"{group}/providers/Microsoft.Web/serverfarms/plan"
    _put(azure, plan, tags, **_PLAN)
    site = f"{group}/providers/Microsoft.Web/sites/{name}"
    _put(azure, site, tags, kind="functionapp,linux", properties={"serverFarmId": plan})
    return site, plan


async def _rounds(activities: Activities, about: Json, most: int = 12) -> list[Json]:
    """Go through rounds of force until one is the last."""
    found: list[Json] = []
    progress = None
    while len(found) < most:
        told = await activities.force_cleanup({**about, "progress": progress})
        progress = told["progress"]
        found.append(told)
        if told["status"] != "in_progress":
            break
    return found


def _ids(told: Json) -> list[str]:
    return sorted(one["id"].lower() for one in told["remaining_resources"])


async def test_a_run_that_left_nothing_is_verified(activities: Activities, run_id: str) -> None:
    told = await activities.verify_cleanup(_about(run_id))

    assert (told["remaining_resources"], told["unknown"], told["verified"]) == ([], [], True)


async def test_what_has_the_run_s_tags_is_left_of_it_and_nothing_else(
    azure: LocalAzure, activities: Activities, run_id: str
) -> None:
    tags = naming.tags("AzureHayMaker", run_id, _SCENARIO)
    other = naming.tags("AzureHayMaker", str(uuid.uuid4()), _SCENARIO)
    group, tagged_group = _group(azure), _group(azure, tags)
    mine = _identity(azure, group, tags)
    _identity(azure, group, other, "of-another-run")
    _identity(azure, group, {"RunId": run_id}, "unmanaged")

    told = await activities.verify_cleanup(_about(run_id))

    assert _ids(told) == sorted([mine.lower(), tagged_group.lower()])
    assert (told["unknown"], told["verified"]) == ([], False)


async def test_it_is_deleted_in_the_order_in_which_azure_lets_it_be_and_counted_once_gone(
    azure: LocalAzure, activities: Activities, run_id: str
) -> None:
    tags = naming.tags("AzureHayMaker", run_id, _SCENARIO)
    group = _group(azure, tags)
    outside = _group(azure)
    site, plan = _site(azure, outside, tags)
    kept = _identity(azure, outside, {}, "kept")

    rounds = await _rounds(activities, _about(run_id))

    last = rounds[-1]
    assert (last["status"], last["remaining_resources"]) == ("completed", [])
    assert (last["deleted_count"], last["failed_count"]) == (3, 0)
    assert not any(one["error"] for told in rounds for one in told["remaining_resources"])
    for path, version, status in (
        (site, "2024-04-01", 404),
        (plan, "2024-04-01", 404),
        (group, "2022-09-01", 404),
        (kept, "2023-01-31", 200),
    ):
        assert azure.call("GET", path, version=version)[0] == status


async def test_a_conflict_is_told_and_tried_again(
    azure: LocalAzure, activities: Activities, run_id: str
) -> None:
    tags = naming.tags("AzureHayMaker", run_id, _SCENARIO)
    group = _group(azure)
    site, plan = _site(azure, group, {})  # the site is somebody else's
    _put(azure, plan, tags, **_PLAN)

    first = await activities.force_cleanup(_about(run_id))
    azure.call("DELETE", site, version="2024-04-01")
    rest = await _rounds(activities, _about(run_id, progress=first["progress"]))

    (left,) = first["remaining_resources"]
    assert first["status"] == "in_progress"
    assert left["error"]["message"]
    assert rest[-1]["status"] == "completed"
    assert rest[-1]["deleted_count"] == 1


async def test_service_principals_and_secrets_are_taken_away_with_the_run_and_counted(
    settings: dict[str, str], activities: Activities, run_id: str
) -> None:
    made = await activities.create_service_principal({"run_id": run_id, "scenario": _SCENARIO})
    about = _about(run_id, sp_details=[made["sp_details"]])
    before = await activities.verify_cleanup(about)

    rounds = await _rounds(activities, about)

    after = await activities.verify_cleanup(about)
    assert {one["type"] for one in before["remaining_resources"]} == {
        "servicePrincipal",
        "secret",
        "roleAssignment",
    }
    assert rounds[-1]["status"] == "completed"
    assert rounds[-1]["sp_deleted_count"] == 1
    assert after["verified"]
    async with opened(read_settings(settings)) as clients:
        assert await clients.graph.applications(f"AzureHayMaker-{run_id}") == []


async def test_a_secret_without_its_service_principal_is_found_and_deleted(
    settings: dict[str, str], activities: Activities, run_id: str
) -> None:
    name = naming.secret_name(run_id, _SCENARIO)
    async with opened(read_settings(settings)) as clients:
        await clients.secrets.set(name, "left")

    rounds = await _rounds(activities, _about(run_id))

    assert [one["name"] for one in rounds[0]["remaining_resources"]] == [name]
    assert rounds[-1]["status"] == "completed"
    async with opened(read_settings(settings)) as clients:
        with pytest.raises(Exception, match="keeps no secret"):
            await clients.secrets.get(SecretRef("vault", name))


async def test_who_may_not_delete_is_told_so_and_what_cannot_be_read_is_unknown(
    azure: LocalAzure, settings: dict[str, str], run_id: str
) -> None:
    tags = naming.tags("AzureHayMaker", run_id, _SCENARIO)
    identity = _identity(azure, _group(azure), tags)
    reader = await _reader(settings)

    rounds = await _rounds(Activities(reader), _about(run_id))

    (last,) = rounds
    (left,) = last["remaining_resources"]
    assert last["status"] == "failed"
    assert left["id"].lower() == identity.lower()
    assert "AuthorizationFailed" in left["error"]["message"]
    assert [one["what"] for one in last["unknown"]] == ["applications"]
    assert last["failed_count"] == 1


async def _reader(settings: dict[str, str]) -> dict[str, str]:
    """Return settings of a service principal that may only read, and not Graph."""
    run_id = str(uuid.uuid4())
    only_reads = {**settings, "AGENT_ROLE_ID": _READER}
    made = await Activities(only_reads).create_service_principal(
        {"run_id": run_id, "scenario": _SCENARIO}
    )
    async with opened(read_settings(settings)) as clients:
        secret = await clients.secrets.get(SecretRef("vault", made["sp_details"]["secret_name"]))
    return {
        **settings,
        "AZURE_CLIENT_ID": made["sp_details"]["client_id"],
        "AZURE_CLIENT_SECRET": secret,
    }


async def test_an_azure_that_fails_is_never_taken_for_an_empty_one(
    tmp_path: Path, connection: str, scenarios: Path, run_id: str
) -> None:
    azure = local_azure.start(tmp_path / "location", "--scale", "1000", "--faults", "error=1")
    try:
        activities = Activities(settings_of(azure, connection, scenarios))
        verified = await activities.verify_cleanup(_about(run_id))
        forced = await activities.force_cleanup(_about(run_id))
    finally:
        azure.end()

    gone = await activities.verify_cleanup(_about(run_id, scenarios=[]))
    for told in (verified, gone):
        assert not told["verified"]
        assert {one["what"] for one in told["unknown"]} >= {
            "resources by Resource Graph",
            "resources by the Resource Manager",
            "applications",
        }
    assert forced["status"] == "in_progress"
    assert forced["deleted_count"] == forced["sp_deleted_count"] == 0


async def test_a_deletion_that_azure_accepts_and_does_not_do_is_told_with_its_reason(
    tmp_path: Path, connection: str, scenarios: Path, run_id: str
) -> None:
    azure = local_azure.start(tmp_path / "location", "--scale", "1000", "--faults", "late=1")
    try:
        tags = naming.tags("AzureHayMaker", run_id, _SCENARIO)
        group = _group(azure, tags)
        activities = Activities(settings_of(azure, connection, scenarios))
        rounds = await _rounds(activities, _about(run_id), most=4)
    finally:
        azure.end()

    reasons = [one["error"] for told in rounds for one in told["remaining_resources"]]
    assert {told["status"] for told in rounds} == {"in_progress"}
    assert _ids(rounds[-1]) == [group.lower()]
    assert any(one and "ResourceDeploymentFailure" in one["message"] for one in reasons)
