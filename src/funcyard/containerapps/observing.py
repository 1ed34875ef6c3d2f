"""Everything that Azure tells of a container app, asked for at once.

What cannot be read is left out and its fault is kept, so that the rest is told; only an app that
cannot be read itself ends the asking.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from funcyard.azure.container_apps import environment_of
from funcyard.azure.errors import AzureFailedError
from funcyard.containerapps.polling import PATIENCE, answered
from funcyard.containerapps.reading import (
    read_app,
    read_environment,
    read_profile_state,
    read_replica,
    read_revision,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping

    from funcyard.azure.container_apps import ContainerApps, Document
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.environment import Environment, ProfileState
    from funcyard.containerapps.models import App, Replica, Revision

_FoundT = TypeVar("_FoundT")


@dataclass(frozen=True, slots=True)
class Observation:
    """A container app at a moment.

    Attributes:
        app: The app.
        revisions: Its revisions, also those that are not active, the latest last; None where they
            could not be read.
        replicas: The replicas of active revisions by the revision's name; a revision whose
            replicas could not be read is not in it.
        environment: Its environment; None where that could not be read.
        profile_states: How its workload profiles stand; None where that could not be read.
        faults: Why something could not be read.
    """

    app: App
    revisions: tuple[Revision, ...] | None = None
    replicas: Mapping[str, tuple[Replica, ...]] = field(default_factory=dict)
    environment: Environment | None = None
    profile_states: tuple[ProfileState, ...] | None = None
    faults: tuple[AzureFailedError, ...] = ()

    @property
    def active(self) -> tuple[Revision, ...]:
        """Its active revisions, the latest last."""
        return tuple(one for one in self.revisions or () if one.active)

    @property
    def latest(self) -> Revision | None:
        """Its latest revision, None where that is not told."""
        return self.revision(self.app.latest_revision)

    def revision(self, name: str) -> Revision | None:
        """Return a revision by its name, None where it is not told."""
        return next((one for one in self.revisions or () if one.name == name), None)

    def profile_state(self, name: str) -> ProfileState | None:
        """Return how a workload profile stands, by its name in any case; None for not told."""
        states = self.profile_states or ()
        return next((one for one in states if one.name.lower() == name.lower()), None)


async def observe(
    client: ContainerApps, app: ResourceId, *, patience: float = PATIENCE
) -> Observation:
    """Return what Azure tells of an app now.

    Args:
        client: Who asks.
        app: The app.
        patience: Seconds for all of it.

    Raises:
        AzureFailedError: The app itself cannot be read, or not all was told in time.
    """
    return await answered(_observed(client, app), f"all of {app.name}", patience=patience)


async def revisions_of(
    client: ContainerApps, app: ResourceId, *, patience: float = PATIENCE
) -> tuple[App, tuple[Revision, ...]]:
    """Return an app and all its revisions, the latest last.

    Args:
        client: Who asks.
        app: The app.
        patience: Seconds for both.

    Raises:
        AzureFailedError: They cannot be read, or not in time.
    """
    asking = _with_revisions(client, app)
    document, listed = await answered(asking, f"the revisions of {app.name}", patience=patience)
    found = read_app(document)
    return found, in_order(listed, found)


async def _with_revisions(
    client: ContainerApps, app: ResourceId
) -> tuple[Document, list[Document]]:
    return await asyncio.gather(client.app(app), client.revisions(app))


async def _observed(client: ContainerApps, app: ResourceId) -> Observation:
    own: list[AzureFailedError] = []
    faults: list[AzureFailedError] = []
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(_tried(client.app(app), own))
        listing = group.create_task(_tried(client.revisions(app), faults))
    document = reading.result()
    if document is None:
        raise own[0]
    found = read_app(document)
    listed = listing.result()
    revisions = None if listed is None else in_order(listed, found)
    where = environment_of(document)
    async with asyncio.TaskGroup() as group:
        asked = {
            one.name: group.create_task(_tried(read_replicas(client, app, one.name), faults))
            for one in revisions or ()
            if one.active
        }
        if where is not None:
            around = group.create_task(_tried(client.environment(where), faults))
            standing = group.create_task(_tried(client.profile_states(where), faults))
    environment = around.result() if where is not None else None
    states = standing.result() if where is not None else None
    told = {name: task.result() for name, task in asked.items()}
    return Observation(
        app=found,
        revisions=revisions,
        replicas={name: replicas for name, replicas in told.items() if replicas is not None},
        environment=None if environment is None else read_environment(environment),
        profile_states=None if states is None else tuple(read_profile_state(one) for one in states),
        faults=tuple(faults),
    )


def in_order(documents: Iterable[Document], app: App) -> tuple[Revision, ...]:
    """Return the revisions of an app in the order of their making, the latest last."""
    found = [read_revision(one) for one in documents]
    return tuple(
        sorted(
            found,
            # Azure tells the time by the second, in which several may have been made.
            key=lambda one: (
                one.name == app.latest_revision,
                one.created is not None,
                one.created,
                one.name,
            ),
        )
    )


async def read_replicas(
    client: ContainerApps, app: ResourceId, revision: str
) -> tuple[Replica, ...]:
    """Return the replicas of a revision, by their names.

    Raises:
        AzureFailedError: They cannot be read.
    """
    found = [read_replica(one) for one in await client.replicas(app, revision)]
    return tuple(sorted(found, key=lambda one: one.name))


async def _tried(asking: Awaitable[_FoundT], faults: list[AzureFailedError]) -> _FoundT | None:
    """Return what was asked for; where it is refused, keep why and return None."""
    try:
        return await asking
    except AzureFailedError as fault:
        faults.append(fault)
        return None
