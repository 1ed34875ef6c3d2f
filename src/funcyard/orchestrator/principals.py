"""Service principals: an application for each scenario of a run, its password in the vault, a role.

What is there is kept: run again after any step, it makes nothing twice. A password whose text the
vault does not have is of no use to anybody, so it is taken away and another made.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from funcyard.azure.secrets.store import SecretNotFoundError, SecretRef
from funcyard.azure.secrets.vault import STORE
from funcyard.orchestrator import naming, outcomes, roles

if TYPE_CHECKING:
    from funcyard.orchestrator.clients import Clients

Json = dict[str, Any]

_MARGIN_HOURS: Final = 4
"""How long after a run's last hour its passwords count."""


async def create(clients: Clients, run_id: str, scenario: str) -> Json:
    """Make the service principal of a scenario, and return what is known of it; no secret is in it.

    Returns:
        ``status`` and ``sp_details``, or ``error``.
    """
    doing = f"making the service principal of {scenario}"
    return await outcomes.attempted(doing, _made(clients, run_id, scenario))


async def remove(clients: Clients, application: Json) -> None:
    """Take a service principal away: its roles, its password, and then its application.

    The application is the last, for by its name the others are found again.

    Raises:
        AzureError: It is refused, or Azure cannot be reached.
        FuncyardError: So is the vault.
    """
    settings = clients.settings
    principal = await clients.graph.service_principal(application["appId"])
    if principal is not None:
        await roles.take_away(clients.manager, settings, principal["id"])
    of_run = naming.read_application_name(settings.prefix, application["displayName"])
    if of_run is not None:
        await clients.secrets.delete(SecretRef(STORE, naming.secret_name(*of_run)))
    await clients.graph.delete_application(application["id"])


async def of_run(clients: Clients, run_id: str) -> list[Json]:
    """Return the applications that a run has.

    Raises:
        AzureError: It cannot be told.
    """
    prefix = clients.settings.prefix
    found = await clients.graph.applications(naming.application_beginning(prefix, run_id))
    return [one for one in found if naming.read_application_name(prefix, one["displayName"])]


async def left_by_others(clients: Clients, run_id: str) -> list[Json]:
    """Return the applications of runs that must have ended, and did not take them away.

    Raises:
        AzureError: It cannot be told.
    """
    prefix = clients.settings.prefix
    oldest = datetime.fromtimestamp(clients.clock(), UTC) - timedelta(
        hours=clients.settings.hours + _MARGIN_HOURS
    )
    return [
        one
        for one in await clients.graph.applications(naming.application_beginning(prefix))
        if (of_run := naming.read_application_name(prefix, one["displayName"]))
        and of_run[0] != run_id
        and datetime.fromisoformat(one["createdDateTime"]) < oldest
    ]


async def _made(clients: Clients, run_id: str, scenario: str) -> Json:
    settings = clients.settings
    name = naming.application_name(settings.prefix, run_id, scenario)
    application = await clients.graph.ensure_application(
        name, {"displayName": name, "tags": [f"{naming.RUN_TAG}:{run_id}"]}
    )
    principal = await clients.graph.ensure_service_principal(application["appId"])
    secret = naming.secret_name(run_id, scenario)
    await _ensure_password(clients, application, secret)
    assignment = await roles.assign(clients.manager, settings, principal["id"])
    details = {
        "scenario_name": scenario,
        "sp_name": name,
        "application_id": application["id"],
        "client_id": application["appId"],
        "principal_id": principal["id"],
        "secret_name": secret,
        "role_assignment": assignment,
    }
    return {"status": outcomes.SUCCESS, "sp_details": details}


async def _ensure_password(clients: Clients, application: Json, secret: str) -> None:
    mine = [
        one
        for one in application.get("passwordCredentials") or ()
        if one.get("displayName") == secret
    ]
    if len(mine) == 1 and await _has(clients, secret):
        return
    for one in mine:
        await clients.graph.remove_password(application["id"], one["keyId"])
    lasting = timedelta(hours=clients.settings.hours + _MARGIN_HOURS)
    ends = datetime.fromtimestamp(clients.clock(), UTC) + lasting
    value = await clients.graph.add_password(
        application["id"], secret, f"{ends:%Y-%m-%dT%H:%M:%SZ}"
    )
    await clients.secrets.set(secret, value)


async def _has(clients: Clients, secret: str) -> bool:
    try:
        await clients.secrets.get(SecretRef(STORE, secret))
    except SecretNotFoundError:
        return False
    return True
