"""What is left of a run, found by reading, and what could not be read.

Nothing is taken for gone because a question failed: a failed question is an answer of its own,
``unknown``. Resource Graph knows all types and learns late, so the Resource Manager's own list is
asked, too, and each resource by its id: one that is not there any more is not left.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from funcyard.azure.resource_graph import query_resources, text
from funcyard.azure.secrets.store import SecretNotFoundError, SecretRef
from funcyard.azure.secrets.vault import STORE
from funcyard.deploy.failures import FAULTS
from funcyard.orchestrator import agents, naming, outcomes, principals, roles
from funcyard.orchestrator.ordering import GROUPS
from funcyard.orchestrator.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Sequence

    from funcyard.orchestrator.clients import Clients

Json = dict[str, Any]

APPLICATIONS: Final = "applications"
"""What could not be read where Graph did not tell the run's applications."""

PRINCIPAL: Final = "servicePrincipal"
SECRET: Final = "secret"  # noqa: S105 - a type
ASSIGNMENT: Final = "roleAssignment"
"""Types of what is left beside resources."""

_LIST: Final = "2024-11-01"


@dataclass(slots=True)
class Remains:
    """What is left of a run.

    Attributes:
        resources: ``id``, ``name`` and ``type`` of each resource.
        applications: The applications, as Graph shows them.
        secrets: Names of secrets in the vault.
        assignments: Ids of role assignments of principals that may be gone.
        unknown: What could not be read: ``what``, and the ``error``.
        versions: API versions of types that were asked for meanwhile.
    """

    versions: Versions
    resources: list[Json] = field(default_factory=list)
    applications: list[Json] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    assignments: list[str] = field(default_factory=list)
    unknown: list[Json] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Whether it is known that nothing is left."""
        left = self.resources or self.applications or self.secrets or self.assignments
        return not left and not self.unknown

    def shown(self) -> list[Json]:
        """Return all that is left, as reports tell it."""
        return [
            *self.resources,
            *(
                {"id": one["id"], "name": one["displayName"], "type": PRINCIPAL}
                for one in self.applications
            ),
            *({"id": one, "name": one, "type": SECRET} for one in self.secrets),
            *(
                {"id": one, "name": one.rpartition("/")[2], "type": ASSIGNMENT}
                for one in self.assignments
            ),
        ]


async def read(
    clients: Clients,
    run_id: str,
    scenarios: Sequence[str],
    *,
    assignments: Iterable[str] = (),
    also: Iterable[Json] = (),
) -> Remains:
    """Return what is left of a run.

    Args:
        clients: Azure.
        run_id: Whose.
        scenarios: Names of its scenarios.
        assignments: Ids of role assignments that it made.
        also: Resources of it that are known, so that they are looked for whatever a list tells.
    """
    remains = Remains(Versions(clients.manager, clients.settings.subscription))
    tagged, listed, applications, *_ = await asyncio.gather(
        _kept(remains, "resources by Resource Graph", _tagged(clients, run_id)),
        _kept(remains, "resources by the Resource Manager", _listed(clients, run_id)),
        _kept(remains, APPLICATIONS, principals.of_run(clients, run_id)),
        *(_secret(clients, remains, naming.secret_name(run_id, one)) for one in scenarios),
        *(_assignment(clients, remains, one) for one in assignments),
    )
    remains.applications = applications or []
    jobs = (_as_job(agents.job_id(clients.settings, run_id, one)) for one in scenarios)
    candidates = {
        one["id"].lower(): one for one in (*jobs, *also, *(listed or ()), *(tagged or ()))
    }
    await asyncio.gather(*(_confirmed(clients, remains, one) for one in candidates.values()))
    remains.resources.sort(key=lambda one: str(one["id"]))
    return remains


async def _kept(remains: Remains, what: str, work: Awaitable[list[Json]]) -> list[Json] | None:
    """Return what a piece of work finds; None, and unknown, where it fails."""
    try:
        return await work
    except FAULTS as fault:
        remains.unknown.append(
            {"what": what, "error": outcomes.error(fault, f"looking for {what}")}
        )
        return None


async def _tagged(clients: Clients, run_id: str) -> list[Json]:
    settings = clients.settings
    marked = f"tags[{text(naming.managed_tag(settings.prefix))}] == 'true'"
    of_run = f"tags[{text(naming.RUN_TAG)}] == {text(run_id)}"
    found: list[Json] = []
    for table in ("Resources", "ResourceContainers"):
        query = f"{table} | where {marked} and {of_run} | project id, name, type"
        found += await query_resources(clients.manager, settings.subscription, query)
    return found


async def _listed(clients: Clients, run_id: str) -> list[Json]:
    settings = clients.settings
    wanted = quote(f"tagName eq '{naming.RUN_TAG}' and tagValue eq '{run_id}'")
    marked = naming.managed_tag(settings.prefix)
    found: list[Json] = []
    for kind in ("resources", "resourcegroups"):
        path = f"/subscriptions/{settings.subscription}/{kind}?api-version={_LIST}&$filter={wanted}"
        while path:
            page: Json = (await clients.manager.send("GET", path)).body
            found += [
                {
                    "id": one["id"],
                    "name": one["name"],
                    "type": GROUPS if kind == "resourcegroups" else one["type"],
                }
                for one in page["value"]
                if str((one.get("tags") or {}).get(marked)).lower() == "true"
            ]
            path = page.get("nextLink") or ""
    return found


async def _confirmed(clients: Clients, remains: Remains, one: Json) -> None:
    """Keep a resource that is there."""
    try:
        version = await remains.versions.of(one["type"])
        found = await clients.manager.get(one["id"], version)
    except FAULTS as fault:
        error = outcomes.error(fault, "looking whether it is there")
        remains.unknown.append({"what": one["id"], "error": error})
        return
    if found is not None:
        remains.resources.append(
            {"id": one["id"], "name": one["name"], "type": one["type"].lower()}
        )


async def _secret(clients: Clients, remains: Remains, name: str) -> None:
    try:
        await clients.secrets.get(SecretRef(STORE, name))
    except SecretNotFoundError:
        return
    except FAULTS as fault:
        error = outcomes.error(fault, "looking whether it is there")
        remains.unknown.append({"what": f"secret {name}", "error": error})
        return
    remains.secrets.append(name)


async def _assignment(clients: Clients, remains: Remains, identity: str) -> None:
    try:
        found = await clients.manager.get(identity, roles.VERSION)
    except FAULTS as fault:
        error = outcomes.error(fault, "looking whether it is there")
        remains.unknown.append({"what": identity, "error": error})
        return
    if found is not None:
        remains.assignments.append(identity)


def _as_job(identity: str) -> Json:
    return {"id": identity, "name": identity.rpartition("/")[2], "type": agents.KIND}
