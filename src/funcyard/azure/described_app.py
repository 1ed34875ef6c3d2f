"""What Azure tells of a container app at once: itself, its active revisions, and its environment.

Answers are the documents of Azure Resource Manager, as they came, so whoever reads them knows
Microsoft's names. Only reading: the role Reader on the app and on its environment is enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.azure.container_apps import ContainerApps, Document, environment_of
from funcyard.azure.credentials import credential
from funcyard.azure.deadline import within
from funcyard.azure.errors import AzureFailedError, AzureUnreachableError
from funcyard.azure.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.credentials import Identity
    from funcyard.azure.resource_ids import ResourceId

PATIENCE: Final = 60.0
"""Seconds for all of it."""


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
    resource: ResourceId,
    identity: Identity,
    cloud: Cloud,
    *,
    tell: Callable[[str], None],
    patience: float = PATIENCE,
) -> DescribedApp:
    """Return what Azure tells of a container app; what it does not tell is among the faults.

    Args:
        resource: The app.
        identity: Who asks.
        cloud: Where it is.
        tell: Is told in words that an Azure that is busy is waited for.
        patience: Seconds for all of it, such waiting among it.
    """
    busy = Patience(patience, tell)
    async with (
        credential(identity, cloud) as token,
        ContainerApps(token, cloud, resource.subscription, busy) as client,
    ):
        try:
            async with within(patience):
                return await _described(client, resource)
        except TimeoutError:
            fault = AzureUnreachableError(
                f"reading the container app {resource.name}: no answer within {patience:g} seconds",
                hint="try again later",
            )
            return DescribedApp(faults=(fault,))


async def _described(client: ContainerApps, resource: ResourceId) -> DescribedApp:
    faults: list[AzureFailedError] = []
    try:
        document = await client.app(resource)
    except AzureFailedError as fault:
        return DescribedApp(faults=(fault,))
    revisions: tuple[Document, ...] = ()
    try:
        revisions = tuple(_active(await client.revisions(resource)))
    except AzureFailedError as fault:
        faults.append(fault)
    environment: Document | None = None
    states: tuple[Document, ...] = ()
    where = environment_of(document)
    if where is not None:
        try:
            found = await client.environment(where)
            states = tuple(await client.profile_states(where))
            environment = found
        except AzureFailedError as fault:
            faults.append(fault)
    return DescribedApp(document, environment, states, revisions, tuple(faults))


def _active(revisions: Iterable[Document]) -> Iterable[Document]:
    return (one for one in revisions if (one.get("properties") or {}).get("active"))
