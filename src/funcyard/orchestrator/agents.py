"""The document of a scenario's job, and what its executions tell.

An agent works once and ends. A container app is kept running: a container that ends is started
again, and no state of the app says that its work is done. A job's execution ends, and says how. So
an agent is a manual job that runs once, at most so long, and is never tried again.
https://learn.microsoft.com/azure/container-apps/jobs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.orchestrator import naming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.orchestrator.settings import Settings

Json = dict[str, Any]

KIND: Final = "Microsoft.App/jobs"
VERSION: Final = "2025-07-01"

RUNNING: Final = "running"
COMPLETED: Final = "completed"
FAILED: Final = "failed"

_ENDED: Final = {
    "succeeded": COMPLETED,
    "failed": FAILED,
    "stopped": FAILED,
    "degraded": FAILED,
}
_CLIENT_SECRET: Final = "service-principal"  # noqa: S105 - a name
_REGISTRY_PASSWORD: Final = "registry-password"  # noqa: S105 - a name


def job_id(settings: Settings, run_id: str, scenario: str) -> str:
    """Return the id of a scenario's job."""
    name = naming.job_name(run_id, scenario)
    return (
        f"/subscriptions/{settings.subscription}/resourceGroups/{settings.group}/providers/{KIND}"
        f"/{name}"
    )


def document(
    settings: Settings,
    location: str,
    run_id: str,
    scenario: Mapping[str, str],
    principal: Mapping[str, str],
    values: Mapping[str, str],
) -> Json:
    """Return the job of a scenario.

    Args:
        settings: What the orchestrator is told.
        location: Of the environment.
        run_id: Whose job it is.
        scenario: As it was selected.
        principal: What was told of its service principal.
        values: The secrets by their names in the vault; empty where an identity reads them.
    """
    name = scenario["scenario_name"]
    secrets = {_CLIENT_SECRET: principal["secret_name"]}
    secrets |= {_secret_of(variable): one for variable, one in settings.agent_secrets.items()}
    variables = {
        "RUN_ID": run_id,
        "SCENARIO_NAME": name,
        "SCENARIO_DOC_PATH": scenario["scenario_doc_path"],
        "AGENT_PATH": scenario["agent_path"],
        "RESOURCE_TAGS": ",".join(
            f"{tag}={value}" for tag, value in naming.tags(settings.prefix, run_id, name).items()
        ),
        "AZURE_SUBSCRIPTION_ID": settings.subscription,
        "AZURE_TENANT_ID": settings.tenant,
        "AZURE_CLIENT_ID": principal["client_id"],
    }
    references = {"AZURE_CLIENT_SECRET": _CLIENT_SECRET}
    references |= {variable: _secret_of(variable) for variable in settings.agent_secrets}
    container = {
        "name": "agent",
        "image": settings.image,
        "resources": {"cpu": settings.agent_cpu, "memory": f"{settings.agent_memory:g}Gi"},
        "env": [
            *({"name": one, "value": value} for one, value in variables.items()),
            *({"name": one, "secretRef": secret} for one, secret in references.items()),
        ],
    }
    configuration: Json = {
        "triggerType": "Manual",
        "replicaTimeout": round(settings.hours * 3600),
        "replicaRetryLimit": 0,
        "manualTriggerConfig": {"parallelism": 1, "replicaCompletionCount": 1},
        "secrets": [_secret(settings, one, kept, values) for one, kept in secrets.items()],
        "registries": _registries(settings),
    }
    if settings.registry_password:
        kept = {"name": _REGISTRY_PASSWORD, "value": settings.registry_password}
        configuration["secrets"].append(kept)
    return {
        "location": location,
        "tags": naming.tags(settings.prefix, run_id, name),
        "identity": _identity(settings),
        "properties": {
            "environmentId": settings.environment,
            "workloadProfileName": settings.profile,
            "configuration": configuration,
            "template": {"containers": [container]},
        },
    }


def state_of(executions: list[Json]) -> str:
    """Return how far a job's work is; one that was not started is still to run."""
    states = [
        str((one.get("properties") or {}).get("status") or one.get("status") or "").lower()
        for one in executions
    ]
    ended = [_ENDED.get(state, RUNNING) for state in states]
    if COMPLETED in ended:
        return COMPLETED
    return FAILED if ended and all(one == FAILED for one in ended) else RUNNING


def _secret(settings: Settings, name: str, kept: str, values: Mapping[str, str]) -> Json:
    if not settings.agent_identity:
        return {"name": name, "value": values[kept]}
    return {
        "name": name,
        "keyVaultUrl": f"{settings.vault}/secrets/{kept}",
        "identity": settings.agent_identity,
    }


def _registries(settings: Settings) -> list[Json]:
    if settings.registry_identity:
        return [{"server": settings.registry, "identity": settings.registry_identity}]
    if settings.registry_username:
        return [
            {
                "server": settings.registry,
                "username": settings.registry_username,
                "passwordSecretRef": _REGISTRY_PASSWORD,
            }
        ]
    return []


def _identity(settings: Settings) -> Json:
    wanted = {one for one in (settings.registry_identity, settings.agent_identity) if one}
    if not wanted:
        return {"type": "None"}
    return {"type": "UserAssigned", "userAssignedIdentities": {one: {} for one in sorted(wanted)}}


def _secret_of(variable: str) -> str:
    """Return the name of a job's secret: lower-case letters, digits and hyphens."""
    return f"agent-{variable.lower().replace('_', '-')}".rstrip("-")
