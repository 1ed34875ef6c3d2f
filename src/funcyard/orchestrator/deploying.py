"""A scenario's job: made, and started once it is there.

Making takes its time, which the caller waits: ``later`` until the job is made, then it is started,
unless it was. So run again at any moment it neither makes nor starts a second one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.azure.errors import AzureFailedError
from funcyard.azure.secrets.store import SecretRef
from funcyard.azure.secrets.vault import STORE
from funcyard.orchestrator import agents, outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.orchestrator.clients import Clients

Json = dict[str, Any]

_FAILED: Final = frozenset({"failed", "canceled"})
_MADE: Final = "succeeded"


async def deploy(
    clients: Clients, run_id: str, scenario: Mapping[str, str], principal: Mapping[str, str]
) -> Json:
    """Make and start the job of a scenario.

    Args:
        clients: Azure.
        run_id: Whose job it is.
        scenario: As it was selected.
        principal: What was told of its service principal.

    Returns:
        ``status``, ``container_id``, ``container_name`` and ``resource_id``, or ``error``.
    """
    doing = f"deploying the agent of {scenario['scenario_name']}"
    return await outcomes.attempted(doing, _deployed(clients, run_id, scenario, principal))


async def executions_of(clients: Clients, job: str) -> list[Json] | None:
    """Return the executions of a job; None where the job is not there.

    Raises:
        AzureError: It cannot be told.
    """
    if await clients.manager.get(job, agents.VERSION) is None:
        return None
    found = await clients.manager.get(f"{job}/executions", agents.VERSION)
    return None if found is None else list(found.get("value") or ())


async def _deployed(
    clients: Clients, run_id: str, scenario: Mapping[str, str], principal: Mapping[str, str]
) -> Json:
    settings, manager = clients.settings, clients.manager
    job = agents.job_id(settings, run_id, scenario["scenario_name"])
    found = await manager.get(job, agents.VERSION)
    if found is None:
        await manager.put(
            job, agents.VERSION, await _document(clients, run_id, scenario, principal)
        )
        return outcomes.not_yet("the job is being made")
    state = str((found.get("properties") or {}).get("provisioningState") or "").lower()
    if state in _FAILED:
        raise AzureFailedError(
            f"Azure did not make the job {found['name']}: {state}",
            hint="its activity log says why",
            status=400,
        )
    if state != _MADE:
        return outcomes.not_yet("the job is being made")
    if not await executions_of(clients, job):
        await manager.act(job, "start", agents.VERSION)
    return {
        "status": outcomes.SUCCESS,
        "container_id": found["id"],
        "container_name": found["name"],
        "resource_id": found["id"],
    }


async def _document(
    clients: Clients, run_id: str, scenario: Mapping[str, str], principal: Mapping[str, str]
) -> Json:
    settings = clients.settings
    environment = await clients.manager.get(settings.environment, agents.VERSION)
    if environment is None:
        raise AzureFailedError(f"there is no environment {settings.environment}", status=404)
    values: dict[str, str] = {}
    if not settings.agent_identity:
        for name in {principal["secret_name"], *settings.agent_secrets.values()}:
            values[name] = await clients.secrets.get(SecretRef(STORE, name))
    return agents.document(settings, environment["location"], run_id, scenario, principal, values)
