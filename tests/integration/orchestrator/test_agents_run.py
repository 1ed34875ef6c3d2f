"""A whole run whose agents really run: jobs that sign in, make things in Azure, and end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.forked_command import funcyard
from tests.integration.emulator.registries import PULL, identity, registry
from tests.integration.emulator.twins import assign
from tests.integration.orchestrator.conftest import GROUP, settings_of
from tests.integration.orchestrator.driving import Driver
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.orchestrator import flow
from funcyard.orchestrator.activities import Activities

Json = dict[str, Any]

_AGENT = """\
import json, os, sys, urllib.parse, urllib.request

told = os.environ
name = told["SCENARIO_NAME"]
if "-02-" in name:
    sys.exit("this one fails")


def ask(address, body, **headers):
    request = urllib.request.Request(address, body, headers, method="PUT" if headers else "POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


proof = {
    "grant_type": "client_credentials",
    "client_id": told["AZURE_CLIENT_ID"],
    "client_secret": told["AZURE_CLIENT_SECRET"],
    "scope": "https://management.azure.com/.default",
}
here = f"{told['MANAGER']}/{told['AZURE_TENANT_ID']}/oauth2/v2.0/token"
token = ask(here, urllib.parse.urlencode(proof).encode())["access_token"]
tags = dict(one.split("=") for one in told["RESOURCE_TAGS"].split(","))
made = ask(
    f"{told['MANAGER']}/subscriptions/{told['AZURE_SUBSCRIPTION_ID']}/resourceGroups/haymaker"
    f"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/of-{name}"
    "?api-version=2023-01-31",
    json.dumps({"location": "westus", "tags": tags}).encode(),
    **{"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
)
print("made", made["name"], told["FURTHER"])
"""
_PULLER = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
    "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller"
)


@pytest.fixture(scope="module")
def image(azure: LocalAzure, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """The settings of an image that a managed identity may pull, and that reads the vault."""
    folder = tmp_path_factory.mktemp("agent")
    (folder / "agent.py").write_text(_AGENT, encoding="utf-8")
    kept = registry(azure, GROUP, "agents")
    assign(azure, kept.id, PULL, identity(azure, GROUP, "puller"))
    words = ("emulator", "image", "push", folder, "agents/agent:v1", "--location", azure.location)
    variables = ("--env", f"MANAGER={azure.url}", "--env", f"SSL_CERT_FILE={azure.ca}")
    done = funcyard(*words, "--entrypoint", "python agent.py", *variables, cwd=folder)
    assert done.returncode == 0, done.stderr
    return {
        "CONTAINER_REGISTRY": kept.server,
        "CONTAINER_IMAGE": "agent:v1",
        "CONTAINER_REGISTRY_IDENTITY": _PULLER,
        "AGENT_IDENTITY": _PULLER,
        "AGENT_SECRETS": "FURTHER=further-key",
        "RUN_HOURS": "24",
    }


@pytest.fixture
def five(scenarios: Path) -> Path:
    """Exactly as many scenarios as a small run has."""
    for path in sorted(scenarios.glob("ai-ml-*.md"))[5:]:
        path.unlink()
    return scenarios


def _driver(settings: dict[str, str], run_id: str) -> Driver:
    given = {"run_id": run_id, "started_at": "2026-11-22T06:00:00Z", "hours": 24, "minutes": 15}
    return Driver(Activities(settings), given, twice=True)


async def test_agents_run_once_each_are_watched_to_their_end_and_leave_nothing(
    azure: LocalAzure, connection: str, five: Path, image: Json, run_id: str
) -> None:
    settings = {**settings_of(azure, connection, five), **image}
    _keep(azure, "further-key", "k3y")
    driver = _driver(settings, run_id)
    seen: list[str] = []

    async def look(_given: Json) -> None:
        if not seen:
            seen.extend(_executions(azure, run_id))

    driver.before[flow.VERIFY] = look
    told = await driver.run()

    phases = told["phases"]
    made = Counter(one["type"] for one in phases["cleanup"]["before"]["remaining_resources"])
    assert (told["status"], told["error"]) == ("completed", None)
    last = phases["monitoring"]["last"]
    assert (last["completed_count"], last["failed_count"]) == (4, 1)
    assert phases["monitoring"]["ended_early"]
    assert sorted(seen) == ["Failed", *["Succeeded"] * 4]
    assert made == {
        "microsoft.app/jobs": 5,
        "microsoft.managedidentity/userassignedidentities": 4,
        "servicePrincipal": 5,
        "secret": 5,
        "roleAssignment": 5,
    }
    assert phases["cleanup"]["verified"]
    assert phases["cleanup"]["forced"]["deleted_count"] == 5 + 4 + 5 + 5
    assert phases["cleanup"]["forced"]["sp_deleted_count"] == 5
    assert _tagged(azure, run_id) == []


async def test_an_agent_whose_image_there_is_not_fails_and_is_taken_away(
    azure: LocalAzure, connection: str, five: Path, run_id: str
) -> None:
    settings = settings_of(azure, connection, five)
    settings |= {"CONTAINER_IMAGE": "mcr.microsoft.com/no/agent:v1", "RUN_HOURS": "0.1"}
    driver = _driver(settings, run_id)
    driver.twice = False

    told = await driver.run()

    monitoring = told["phases"]["monitoring"]
    assert (monitoring["last"]["failed_count"], monitoring["ended_early"]) == (5, True)
    assert told["phases"]["cleanup"]["verified"]
    assert told["phases"]["cleanup"]["forced"]["sp_deleted_count"] == 5
    assert _tagged(azure, run_id) == []


async def test_agents_that_go_on_for_too_long_are_taken_away_while_they_run(
    azure: LocalAzure, connection: str, five: Path, run_id: str, tmp_path: Path
) -> None:
    folder = tmp_path / "endless"
    folder.mkdir()
    (folder / "agent.py").write_text("import time\ntime.sleep(999)\n", encoding="utf-8")
    kept = registry(azure, GROUP, "endless", is_open=True)
    done = funcyard(
        *("emulator", "image", "push", folder, "endless/agent:v1"),
        *("--entrypoint", "python agent.py", "--location", azure.location),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    settings = {
        **settings_of(azure, connection, five),
        "CONTAINER_REGISTRY": kept.server,
        "CONTAINER_IMAGE": "agent:v1",
        "RUN_HOURS": "24",
    }
    driver = _driver(settings, run_id)
    driver.twice = False
    driver.given["hours"] = 1

    told = await driver.run()

    monitoring = told["phases"]["monitoring"]
    assert (monitoring["last"]["running_count"], monitoring["ended_early"]) == (5, False)
    assert monitoring["checks"] == 5
    assert told["status"] == "completed"
    assert told["phases"]["cleanup"]["verified"]
    assert _tagged(azure, run_id) == []


def _keep(azure: LocalAzure, name: str, value: str) -> None:
    """Keep a secret in the local vault."""
    token = azure.issuer.application_token("https://vault.azure.net")
    status, _, told = azure.ask(
        "PUT", f"/secrets/{name}?api-version=7.4", {"value": value}, token=token
    )
    assert status == 200, told


def _tagged(azure: LocalAzure, run_id: str) -> list[str]:
    wanted = f"tagName eq 'RunId' and tagValue eq '{run_id}'".replace(" ", "%20")
    path = f"/subscriptions/{SUBSCRIPTION}/resources?$filter={wanted}"
    return [one["name"] for one in azure.call("GET", path)[2]["value"]]


def _executions(azure: LocalAzure, run_id: str) -> list[str]:
    """How the executions of a run's jobs ended."""
    above = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.App/jobs"
    return [
        one["properties"]["status"]
        for name in _tagged(azure, run_id)
        if not name.startswith("of-")
        for one in azure.call("GET", f"{above}/{name}/executions", version="2025-07-01")[2]["value"]
    ]
