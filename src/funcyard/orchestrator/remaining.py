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
from funcyard.orchestrator import agents, naming, principals, roles
from funcyard.orchestrator.asking import Questions
from funcyard.orchestrator.ordering import GROUPS
from funcyard.orchestrator.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from funcyard.orchestrator.clients import Clients

Json = dict[str, Any]

APPLICATIONS: Final = "applications"
"""What could not be read where Graph did not tell the run's applications."""

SECRET_QUESTION: Final = "secret "  # noqa: S105 - no secret
"""What a question after a secret begins with."""

PRINCIPAL: Final = "servicePrincipal"
SECRET: Final = "secret"  # noqa: S105 - a type
ASSIGNMENT: Final = "roleAssignment"
"""Types of what is left beside resources."""

_LIST: Final = "2024-11-01"


@dataclass(slots=True)
class Remains:
    """What is left of a run.

    Attributes:
        questions: What was asked, what was answered and what was not.
        versions: API versions of types that were asked for meanwhile.
        resources: ``id``, ``name`` and ``type`` of each resource.
        applications: ``id``, ``appId`` and ``displayName`` of each application.
        secrets: Names of secrets in the vault.
        assignments: Ids of role assignments of principals that may be gone.
    """

    questions: Questions
    versions: Versions
    resources: list[Json] = field(default_factory=list)
    applications: list[Json] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    assignments: list[str] = field(default_factory=list)

    @property
    def unknown(self) -> list[Json]:
        """What could not be read."""
        return self.questions.unknown

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
    known: Mapping[str, Any] | None = None,
) -> Remains:
    """Return what is left of a run.

    Args:
        clients: Azure.
        run_id: Whose.
        scenarios: Names of its scenarios.
        assignments: Ids of role assignments that it made.
        also: Resources of it that are known, so that they are looked for whatever a list tells.
        known: Answers of an earlier reading, which are not asked for again.
    """
    questions = Questions(known)
    remains = Remains(questions, Versions(clients.manager, clients.settings.subscription))
    tagged, listed, applications, *_ = await asyncio.gather(
        questions.ask("resources by Resource Graph", lambda: _tagged(clients, run_id)),
        questions.ask("resources by the Resource Manager", lambda: _listed(clients, run_id)),
        questions.ask(APPLICATIONS, lambda: _applications(clients, run_id)),
        *(_secret(clients, remains, naming.secret_name(run_id, one)) for one in scenarios),
        *(_assignment(clients, remains, one) for one in assignments),
    )
    remains.applications = applications or []
    jobs = (_as_job(agents.job_id(clients.settings, run_id, one)) for one in scenarios)
    known_ones = {one["id"].lower(): one for one in (*jobs, *also)}
    found = {one["id"].lower(): one for one in (*(listed or ()), *(tagged or ()))}
    await asyncio.gather(
        *(_confirmed(clients, remains, one) for one in known_ones.values()),
        *(
            _confirmed(clients, remains, one, of_run=run_id)
            for key, one in found.items()
            if key not in known_ones
        ),
    )
    remains.resources.sort(key=lambda one: str(one["id"]))
    return remains


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
            ]
            path = page.get("nextLink") or ""
    return found


async def _applications(clients: Clients, run_id: str) -> list[Json]:
    wanted = ("id", "appId", "displayName")
    return [
        {name: one[name] for name in wanted} for one in await principals.of_run(clients, run_id)
    ]


async def _confirmed(
    clients: Clients, remains: Remains, one: Json, *, of_run: str | None = None
) -> None:
    """Keep a resource that is there, and whose own tags say so where it is only said to be a run's.

    A list that is filtered by a tag does not show tags.
    """

    async def is_there() -> bool:
        version = await remains.versions.of(one["type"])
        found = await clients.manager.get(one["id"], version)
        if found is None or of_run is None:
            return found is not None
        return naming.is_of_run(clients.settings.prefix, of_run, found.get("tags") or {})

    if await remains.questions.ask(one["id"], is_there):
        kind = one["type"].lower()
        remains.resources.append({"id": one["id"], "name": one["name"], "type": kind})


async def _secret(clients: Clients, remains: Remains, name: str) -> None:
    async def is_there() -> bool:
        try:
            await clients.secrets.get(SecretRef(STORE, name))
        except SecretNotFoundError:
            return False
        return True

    if await remains.questions.ask(f"{SECRET_QUESTION}{name}", is_there):
        remains.secrets.append(name)


async def _assignment(clients: Clients, remains: Remains, identity: str) -> None:
    async def is_there() -> bool:
        return await clients.manager.get(identity, roles.VERSION) is not None

    if await remains.questions.ask(identity, is_there):
        remains.assignments.append(identity)


def _as_job(identity: str) -> Json:
    return {"id": identity, "name": identity.rpartition("/")[2], "type": agents.KIND}
