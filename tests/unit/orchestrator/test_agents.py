"""The job of an agent: what Azure's own schema takes, found again by its tags."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from tests.unit.orchestrator.test_settings import _GIVEN, _IDENTITY

from funcyard.orchestrator import agents
from funcyard.orchestrator.settings import Settings, read_settings

_RUN = "0f8fad5b-d9cb-469f-a165-70867728950e"
_SCENARIO = {
    "scenario_name": "ai-ml-01-vision",
    "technology_area": "ai-ml",
    "scenario_doc_path": "ai-ml-01-vision.md",
    "agent_path": "agents/ai-ml-01-vision",
}
_PRINCIPAL = {"client_id": "33333333-0000-4000-8000-000000000004", "secret_name": "sp-x"}


def _settings(**changed: Any) -> Settings:  # noqa: ANN401 - of any setting
    return dataclasses.replace(read_settings(_GIVEN), **changed)


def _job(settings: Settings, **values: str) -> dict[str, Any]:
    return agents.document(settings, "westus2", _RUN, _SCENARIO, _PRINCIPAL, values)


def test_a_job_runs_once_in_its_environment_on_its_profile_and_has_the_tags_of_its_run() -> None:
    job = _job(_settings(profile="E16", hours=8, agent_cpu=2.0, agent_memory=64), **{"sp-x": "s"})
    properties = job["properties"]

    assert job["location"] == "westus2"
    assert job["tags"]["RunId"] == _RUN
    assert job["tags"]["AzureHayMaker-managed"] == "true"
    assert properties["environmentId"].endswith("/managedEnvironments/haymaker-cae")
    assert properties["workloadProfileName"] == "E16"
    assert properties["configuration"]["triggerType"] == "Manual"
    assert properties["configuration"]["replicaTimeout"] == 8 * 3600
    assert properties["configuration"]["replicaRetryLimit"] == 0
    (container,) = properties["template"]["containers"]
    assert container["resources"] == {"cpu": 2.0, "memory": "64Gi"}


def test_a_registry_is_opened_by_an_identity_or_by_a_password_that_the_job_has() -> None:
    by_identity = _job(_settings(registry_identity=_IDENTITY), **{"sp-x": "s"})
    by_password = _job(
        _settings(registry_username="agent", registry_password="passw0rd"),  # noqa: S106
        **{"sp-x": "s"},
    )

    assert by_identity["properties"]["configuration"]["registries"] == [
        {"server": "haymaker.azurecr.io", "identity": _IDENTITY}
    ]
    assert by_identity["identity"]["userAssignedIdentities"] == {_IDENTITY: {}}
    configuration = by_password["properties"]["configuration"]
    (registry,) = configuration["registries"]
    assert registry["passwordSecretRef"] in {one["name"] for one in configuration["secrets"]}


def test_secrets_are_read_from_the_vault_by_the_agent_s_identity_or_handed_over() -> None:
    with_key = {"agent_secrets": {"ANTHROPIC_API_KEY": "anthropic-api-key"}}
    read = _job(_settings(agent_identity=_IDENTITY, **with_key))
    handed = _job(_settings(**with_key), **{"sp-x": "s3cret", "anthropic-api-key": "k3y"})

    assert read["properties"]["configuration"]["secrets"] == [
        {
            "name": "service-principal",
            "keyVaultUrl": "https://haymaker.vault.azure.net/secrets/sp-x",
            "identity": _IDENTITY,
        },
        {
            "name": "agent-anthropic-api-key",
            "keyVaultUrl": "https://haymaker.vault.azure.net/secrets/anthropic-api-key",
            "identity": _IDENTITY,
        },
    ]
    assert handed["properties"]["configuration"]["secrets"] == [
        {"name": "service-principal", "value": "s3cret"},
        {"name": "agent-anthropic-api-key", "value": "k3y"},
    ]
    for job in (read, handed):
        (container,) = job["properties"]["template"]["containers"]
        assert "s3cret" not in json.dumps(container)
        given = {one["name"]: one for one in container["env"]}
        names = {one["name"] for one in job["properties"]["configuration"]["secrets"]}
        assert {one["secretRef"] for one in given.values() if "secretRef" in one} == names
        assert given["AZURE_CLIENT_ID"]["value"] == _PRINCIPAL["client_id"]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], "running"),
        (["Running"], "running"),
        (["Processing"], "running"),
        (["Unknown"], "running"),
        (["Succeeded"], "completed"),
        (["Failed"], "failed"),
        (["Stopped"], "failed"),
        (["Failed", "Running"], "running"),
        (["Failed", "Succeeded"], "completed"),
    ],
)
def test_a_job_s_executions_say_how_its_work_ended(statuses: list[str], expected: str) -> None:
    assert agents.state_of([{"properties": {"status": one}} for one in statuses]) == expected
