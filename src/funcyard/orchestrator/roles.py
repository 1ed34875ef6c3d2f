"""Roles of service principals: assigned under names that tell who has what where, and taken away.

https://learn.microsoft.com/azure/role-based-access-control/role-assignments-rest
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from azure.core.exceptions import ResourceExistsError

from funcyard.azure.errors import error_code
from funcyard.orchestrator import naming

if TYPE_CHECKING:
    from funcyard.azure.manager import Manager
    from funcyard.orchestrator.settings import Settings

_ASSIGNMENTS: Final = "providers/Microsoft.Authorization/roleAssignments"
_DEFINITIONS: Final = "providers/Microsoft.Authorization/roleDefinitions"
VERSION: Final = "2022-04-01"


async def assign(manager: Manager, settings: Settings, principal: str) -> str:
    """Give a service principal the role of agents, which it may have, and return the assignment.

    Its type is told, so nothing has to be waited for until the principal is known everywhere.

    Raises:
        AzureError: It is refused, or Azure cannot be reached.
    """
    scope = settings.agent_scope
    name = naming.assignment_name(scope, principal, settings.agent_role)
    identity = f"{scope}/{_ASSIGNMENTS}/{name}"
    body = {
        "properties": {
            "roleDefinitionId": f"/subscriptions/{settings.subscription}/{_DEFINITIONS}"
            f"/{settings.agent_role}",
            "principalId": principal,
            "principalType": "ServicePrincipal",
        }
    }
    try:
        await manager.put(identity, VERSION, body)
    except ResourceExistsError as fault:
        if error_code(fault) != "RoleAssignmentExists":
            raise
    return identity


async def assigned(manager: Manager, settings: Settings, principal: str) -> list[str]:
    """Return what is assigned to a service principal anywhere in the subscription.

    Raises:
        AzureError: It cannot be told.
    """
    wanted = quote(f"principalId eq '{principal}'")
    path = (
        f"/subscriptions/{settings.subscription}/{_ASSIGNMENTS}"
        f"?api-version={VERSION}&$filter={wanted}"
    )
    found: list[str] = []
    while path:
        page: dict[str, Any] = (await manager.send("GET", path)).body
        found += [one["id"] for one in page["value"]]
        path = page.get("nextLink") or ""
    return found


async def take_away(manager: Manager, settings: Settings, principal: str) -> None:
    """Take every role of a service principal away.

    Raises:
        AzureError: It is refused, or Azure cannot be reached.
    """
    for one in await assigned(manager, settings, principal):
        await manager.delete(one, VERSION)
