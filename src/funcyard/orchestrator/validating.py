"""Whether a run can begin: everything it needs is asked for, and every lack told at once.

https://learn.microsoft.com/azure/container-apps/jobs
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from azure.core.exceptions import ResourceNotFoundError

from funcyard.azure.errors import AzureFailedError
from funcyard.azure.secrets.store import SecretRef
from funcyard.azure.secrets.vault import STORE
from funcyard.deploy.failures import FAULTS
from funcyard.errors import FuncyardError
from funcyard.orchestrator import naming, outcomes
from funcyard.orchestrator.agents import VERSION
from funcyard.orchestrator.room import check_room
from funcyard.orchestrator.scenarios import read_scenarios
from funcyard.orchestrator.selecting import SIZES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.orchestrator.clients import Clients

    Check = Callable[[Clients], Awaitable[str]]

_GROUPS: Final = "2024-11-01"
_FAILED: Final = frozenset({"failed", "canceled"})
_SHARED: Final = {"name": "Consumption", "workloadProfileType": "Consumption"}
"""What an environment without profiles has."""

_NOBODY: Final = "00000000-0000-0000-0000-000000000000"


class NotReadyError(FuncyardError):
    """Something is there and not as a run needs it."""

    code = "not-ready"


async def validate(clients: Clients) -> dict[str, Any]:
    """Return what was checked: ``overall_passed``, and of each check whether, and why not."""
    results = await asyncio.gather(*(_result(clients, *one) for one in _CHECKS.items()))
    return {
        "overall_passed": all(one["passed"] for one in results),
        "results": list(results),
    }


async def _result(clients: Clients, name: str, check: Check) -> dict[str, Any]:
    try:
        told = await check(clients)
    except FAULTS as fault:
        return {"check": name, "passed": False, **outcomes.failure(fault, f"checking {name}")}
    return {"check": name, "passed": True, "status": outcomes.SUCCESS, "message": told}


async def _resource_group(clients: Clients) -> str:
    settings = clients.settings
    path = f"/subscriptions/{settings.subscription}/resourceGroups/{settings.group}"
    if await clients.manager.get(path, _GROUPS) is None:
        raise NotReadyError(
            f"there is no resource group {settings.group}",
            hint="RESOURCE_GROUP_NAME names it, AZURE_SUBSCRIPTION_ID where it is",
        )
    return settings.group


async def _environment(clients: Clients) -> str:
    settings = clients.settings
    found = await clients.manager.get(settings.environment, VERSION)
    if found is None:
        raise NotReadyError(
            f"there is no environment {settings.environment}",
            hint="CONTAINER_APPS_ENVIRONMENT names it",
        )
    properties = found.get("properties") or {}
    state = str(properties.get("provisioningState"))
    if state.lower() in _FAILED:
        raise NotReadyError(f"the environment is {state}", hint="its activity log says why")
    if state.lower() != "succeeded":
        raise AzureFailedError(f"the environment is {state}: something is still done about it")
    profiles = {one["name"]: one for one in properties.get("workloadProfiles") or (_SHARED,)}
    if settings.profile not in profiles:
        raise NotReadyError(
            f"the environment has no workload profile {settings.profile}",
            hint=f"WORKLOAD_PROFILE_NAME has to be one of {', '.join(profiles)}",
        )
    agents = (settings.agent_cpu, settings.agent_memory, SIZES[settings.size])
    room = check_room(profiles[settings.profile], *agents)
    return f"{found['name']} in {found['location']}: {room}"


async def _directory(clients: Clients) -> str:
    beginning = naming.application_beginning(clients.settings.prefix, _NOBODY)
    await clients.graph.applications(beginning)
    return "applications can be read"


async def _vault(clients: Clients) -> str:
    return await clients.secrets.check()


async def _agent_secrets(clients: Clients) -> str:
    names = sorted(set(clients.settings.agent_secrets.values()))
    for name in names:
        await clients.secrets.get(SecretRef(STORE, name))
    return f"{len(names)} there"


async def _reports(clients: Clients) -> str:
    async with clients.reports() as service:
        try:
            await service.get_container_client("execution-reports").get_container_properties()
        except ResourceNotFoundError:
            return "the container is made with the first report"
    return "the container is there"


async def _scenarios(clients: Clients) -> str:
    return f"{len(read_scenarios(Path(clients.settings.scenarios)))} scenarios"


_CHECKS: Final[dict[str, Check]] = {
    "resource group": _resource_group,
    "environment": _environment,
    "directory": _directory,
    "vault": _vault,
    "secrets of agents": _agent_secrets,
    "storage of reports": _reports,
    "scenarios": _scenarios,
}
