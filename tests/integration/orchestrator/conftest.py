"""A local Azure in which runs of the orchestrator take place."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import local_azure
from tests.integration.emulator.containerapps import settled
from tests.local_azure import SUBSCRIPTION, LocalAzure

GROUP = "haymaker"
ENVIRONMENT = "haymaker-cae"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    prepare(service)
    yield service
    service.end()


def prepare(service: LocalAzure) -> None:
    """Make the group and the environment that runs need."""
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
    assert service.call("PUT", group, {"location": "westus2"})[0] == 201
    path = f"{group}/providers/Microsoft.App/managedEnvironments/{ENVIRONMENT}"
    body = {
        "location": "westus2",
        "properties": {
            "workloadProfiles": [{"name": "Consumption", "workloadProfileType": "Consumption"}]
        },
    }
    assert service.call("PUT", path, body, "2025-07-01")[0] == 201
    settled(service, path)


@pytest.fixture
def run_id() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    """A folder of eight scenarios, and what is none."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for number in range(1, 9):
        (folder / f"ai-ml-{number:02}-vision.md").write_text("# Vision\n", encoding="utf-8")
    (folder / "SCENARIO_TEMPLATE.md").write_text("# Template\n", encoding="utf-8")
    return folder


@pytest.fixture
def settings(azure: LocalAzure, connection: str, scenarios: Path) -> dict[str, str]:
    return settings_of(azure, connection, scenarios)


def settings_of(azure: LocalAzure, connection: str, scenarios: Path) -> dict[str, str]:
    return {
        **azure.settings,
        "RESOURCE_GROUP_NAME": GROUP,
        "CONTAINER_APPS_ENVIRONMENT": ENVIRONMENT,
        "CONTAINER_IMAGE": "mcr.microsoft.com/k8se/quickstart-jobs:latest",
        "KEY_VAULT_URL": azure.url,
        "SIMULATION_SIZE": "small",
        "SCENARIOS_FOLDER": str(scenarios),
        "REPORT_STORAGE": connection,
    }
