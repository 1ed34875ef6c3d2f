"""Whole runs, driven through their activities on a local Azure, also one that misbehaves."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from tests import local_azure
from tests.integration.orchestrator.conftest import GROUP, prepare, settings_of
from tests.integration.orchestrator.driving import Driver
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.storage import StorageAccount
from funcyard.orchestrator import flow
from funcyard.orchestrator.activities import Activities

Json = dict[str, Any]


def _driver(settings: dict[str, str], run_id: str) -> Driver:
    given = {"run_id": run_id, "started_at": "2026-11-22T06:00:00Z", "hours": 1, "minutes": 15}
    return Driver(Activities(settings), given)


def _left(azure: LocalAzure, run_id: str) -> list[str]:
    """What is there of a run, asked of the emulator itself."""
    wanted = f"tagName eq 'RunId' and tagValue eq '{run_id}'".replace(" ", "%20")
    path = f"/subscriptions/{SUBSCRIPTION}/resources?$filter={wanted}"
    resources = azure.call("GET", path)[2]["value"]
    token = azure.issuer.application_token("https://graph.microsoft.com")
    beginning = f"startswith(displayName,'AzureHayMaker-{run_id}')"
    applications = azure.ask("GET", f"/v1.0/applications?$filter={beginning}", token=token)[2]
    return [one["name"] for one in resources] + [
        one["displayName"] for one in applications["value"]
    ]


async def _report(connection: str, run_id: str) -> Json:
    async with StorageAccount.from_connection_string(connection).blobs() as service:
        blob = service.get_blob_client("execution-reports", f"{run_id}/report.json")
        found: Json = json.loads(await (await blob.download_blob()).readall())
        return found


async def test_a_run_whose_agents_cannot_be_deployed_is_cleaned_up_and_reported(
    azure: LocalAzure, settings: dict[str, str], connection: str, run_id: str
) -> None:
    driver = _driver(settings, run_id)

    async def without_profile(_given: Json) -> None:
        settings["WORKLOAD_PROFILE_NAME"] = "Missing"

    driver.before[flow.DEPLOY] = without_profile
    told = await driver.run()

    report = await _report(connection, run_id)
    containers = told["phases"]["provisioning"]["containers"]
    assert told["error"]["code"] == "no_agent_deployed"
    assert [one["status"] for one in containers] == ["failed"] * 5
    assert all(one["error"]["message"] for one in containers)
    assert told["phases"]["cleanup"]["verified"]
    assert told["phases"]["cleanup"]["forced"]["sp_deleted_count"] == 5
    assert _left(azure, run_id) == []
    assert report["run_id"] == report["report_id"] == run_id
    assert report["status"] == "failed"
    assert report["phases"]["monitoring"] is None
    assert (report["sp_count"], report["container_count"]) == (5, 0)
    assert told["report_url"].endswith(f"/execution-reports/{run_id}/report.json")


async def test_a_service_principal_that_cannot_be_made_costs_its_scenario_alone(
    azure: LocalAzure, settings: dict[str, str], run_id: str
) -> None:
    driver = _driver(settings, run_id)
    first: list[str] = []

    async def without_role(given: Json) -> None:
        first[:] = first or [given["scenario"]]
        settings["AGENT_ROLE_ID"] = str(uuid.UUID(int=9 if given["scenario"] == first[0] else 1))
        if given["scenario"] != first[0]:
            del settings["AGENT_ROLE_ID"]

    driver.before[flow.CREATE] = without_role
    told = await driver.run()

    made = told["phases"]["provisioning"]["service_principals"]
    assert [one["status"] for one in made] == ["failed", *["success"] * 4]
    assert "RoleDefinitionDoesNotExist" in made[0]["error"]["message"]
    assert len(told["phases"]["provisioning"]["containers"]) == 4
    assert told["phases"]["cleanup"]["verified"]
    assert told["phases"]["cleanup"]["forced"]["sp_deleted_count"] == 5
    assert _left(azure, run_id) == []


async def test_an_environment_that_lacks_something_is_told_whole_and_nothing_is_made(
    azure: LocalAzure, settings: dict[str, str], run_id: str
) -> None:
    settings |= {
        "RESOURCE_GROUP_NAME": "none",
        "CONTAINER_APPS_ENVIRONMENT": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
        "/providers/Microsoft.App/managedEnvironments/haymaker-cae",
        "WORKLOAD_PROFILE_NAME": "E16",
        "AGENT_SECRETS": "ANTHROPIC_API_KEY=none",
        "SCENARIOS_FOLDER": "none",
    }
    told = await _driver(settings, run_id).run()

    failing = {
        one["check"]: one["error"]["message"]
        for one in told["phases"]["validation"]["results"]
        if not one["passed"]
    }
    assert set(failing) == {"resource group", "environment", "secrets of agents", "scenarios"}
    assert "no workload profile E16" in failing["environment"]
    assert told["error"]["code"] == "environment_validation_failed"
    assert _left(azure, run_id) == []


async def test_settings_that_cannot_be_meant_are_a_check_that_failed(
    settings: dict[str, str], run_id: str
) -> None:
    told = await Activities({**settings, "SIMULATION_SIZE": "huge"}).validate_environment({})

    (result,) = told["results"]
    assert not told["overall_passed"]
    assert result["check"] == "settings"
    assert "SIMULATION_SIZE" in result["error"]["message"]
    assert run_id


async def test_in_an_azure_that_misbehaves_nothing_is_left_that_is_not_reported(
    tmp_path: Path, connection: str, scenarios: Path, run_id: str
) -> None:
    location = tmp_path / "location"
    calm = local_azure.start(location, "--scale", "1000")
    prepare(calm)
    calm.end()
    faults = ("--faults", "error=0.15,throttle=0.1,lost=0.1,late=0.1", "--seed", "3")
    azure = local_azure.start(location, "--scale", "1000", *faults)
    try:
        told = await _driver(settings_of(azure, connection, scenarios), run_id).run()
    finally:
        azure.end()

    azure = local_azure.start(location, "--scale", "1000")
    try:
        left = _left(azure, run_id)
        after = await Activities(settings_of(azure, connection, scenarios)).verify_cleanup(
            {"run_id": run_id, "scenarios": [], "sp_details": []}
        )
    finally:
        azure.end()
    cleanup = told["phases"]["cleanup"]
    assert cleanup["verified"] is (not left)
    assert after["verified"] is (not left)
    assert set(left) <= {one["name"] for one in cleanup["after"]["remaining_resources"]}
    assert (await _report(connection, run_id))["phases"]["cleanup"] == cleanup
