"""What Azure tells of a container app: itself, its active revisions, and its environment.

Answers are the documents of Azure Resource Manager, as they came, so whoever reads them knows
Microsoft's names. Only reading: the role Reader on the app and on its environment is enough.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from azure.mgmt.appcontainers.aio import ContainerAppsAPIClient

from funcyard.azure.credentials import credential
from funcyard.azure.errors import AzureFailedError, AzureUnreachableError, azure_errors
from funcyard.azure.resource_ids import ResourceIdError, read_resource_id
from funcyard.azure.retries import table_retries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.credentials import Identity
    from funcyard.azure.resource_ids import ResourceId

CONTAINER_APP: Final = "Microsoft.App/containerApps"
ENVIRONMENT: Final = "Microsoft.App/managedEnvironments"

API_VERSION: Final = "2025-07-01"
"""The newest whose recorded answers the reader of them is held to."""

PATIENCE: Final = 60.0
"""Seconds for all of it."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DescribedApp:
    """A container app as Azure describes it.

    Attributes:
        app: The app; None where it could not be read.
        environment: Its environment; None where that could not be read.
        states: How many nodes each workload profile has now.
        revisions: Its active revisions.
        faults: What could not be read, and why: that of the app alone where there is no app.
    """

    app: Document | None = None
    environment: Document | None = None
    states: tuple[Document, ...] = ()
    revisions: tuple[Document, ...] = ()
    faults: tuple[AzureFailedError, ...] = field(default=())


async def describe_app(
    resource: ResourceId, identity: Identity, cloud: Cloud, *, patience: float = PATIENCE
) -> DescribedApp:
    """Return what Azure tells of a container app; what it does not tell is among the faults.

    Args:
        resource: The app.
        identity: Who asks.
        cloud: Where it is.
        patience: Seconds for all of it.
    """
    async with credential(identity, cloud) as token:
        client = ContainerAppsAPIClient(
            token,
            resource.subscription,
            base_url=cloud.manager_address,
            credential_scopes=[f"{cloud.manager_audience}/.default"],
            api_version=API_VERSION,
            transport=cloud.transport(cloud.manager_address),
            # Who is told to come back later is told so here, instead of waiting unseen.
            **{**table_retries(), "retry_status": 0},
        )
        async with client:
            try:
                async with asyncio.timeout(patience):
                    return await _described(client, resource)
            except TimeoutError:
                fault = AzureUnreachableError(
                    f"reading the container app {resource.name}: no answer within {patience:g}"
                    " seconds",
                    hint="try again later",
                )
                return DescribedApp(faults=(fault,))


async def _described(client: ContainerAppsAPIClient, resource: ResourceId) -> DescribedApp:
    faults: list[AzureFailedError] = []
    try:
        with azure_errors(f"reading the container app {resource.name}"):
            app = await client.container_apps.get(resource.group, resource.name)
    except AzureFailedError as fault:
        return DescribedApp(faults=(fault,))
    document: Document = app.as_dict()
    revisions: tuple[Document, ...] = ()
    try:
        with azure_errors(f"reading the revisions of {resource.name}"):
            pages = client.container_apps_revisions.list_revisions(resource.group, resource.name)
            revisions = tuple(_active([one.as_dict() async for one in pages]))
    except AzureFailedError as fault:
        faults.append(fault)
    environment: Document | None = None
    states: tuple[Document, ...] = ()
    where = _environment_of(document)
    if where is not None:
        try:
            environment, states = await _environment(client, where)
        except AzureFailedError as fault:
            faults.append(fault)
    return DescribedApp(document, environment, states, revisions, tuple(faults))


async def _environment(
    client: ContainerAppsAPIClient, where: ResourceId
) -> tuple[Document, tuple[Document, ...]]:
    with azure_errors(f"reading the environment {where.name}"):
        found = await client.managed_environments.get(where.group, where.name)
        pages = client.managed_environments.list_workload_profile_states(where.group, where.name)
        states = tuple([one.as_dict() async for one in pages])
    return found.as_dict(), states


def _environment_of(app: Document) -> ResourceId | None:
    properties = app.get("properties") or {}
    text = properties.get("environmentId") or properties.get("managedEnvironmentId") or ""
    try:
        return read_resource_id(text, ENVIRONMENT)
    except ResourceIdError:
        return None


def _active(revisions: Iterable[Document]) -> Iterable[Document]:
    return (one for one in revisions if (one.get("properties") or {}).get("active"))
