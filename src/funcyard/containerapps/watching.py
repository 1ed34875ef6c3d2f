"""The replicas of an app, looked at, and what is different from one look to the next."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.event_stream import past_events
from funcyard.containerapps.naming import named
from funcyard.containerapps.observing import in_order, read_replicas
from funcyard.containerapps.polling import answered
from funcyard.containerapps.reading import read_app
from funcyard.containerapps.verdict import word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.events import Event
    from funcyard.containerapps.models import App, Replica, ReplicaContainer

_PROBE_FAILED: Final = "probefailed"
_PATIENCE: Final = 5.0
"""Seconds for the events, which are told besides."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Replicas at a moment.

    Attributes:
        replicas: By the name of their revision, the latest first.
        probes: The last that was told of a failing probe, of each replica and message.
    """

    replicas: Mapping[str, tuple[Replica, ...]] = field(default_factory=dict)
    probes: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What is different from one look to the next.

    Attributes:
        replica: Its name.
        container: Name of its container; empty for the whole replica.
        what: In words.
    """

    replica: str
    container: str
    what: str


async def look(
    client: ContainerApps, cloud: Cloud, resource: ResourceId, revision: str | None
) -> Looked:
    """Return the replicas that there are now.

    Args:
        client: Who asks.
        cloud: Where the app is.
        resource: The app.
        revision: Of this one, by its name or suffix; None for all that are active.

    Raises:
        UnknownRevisionError: There is none of that name.
        AzureFailedError: They cannot be read, or not in time.
    """
    looking = _looked(client, cloud, resource, revision)
    return await answered(looking, f"the replicas of {resource.name}")


async def _looked(
    client: ContainerApps, cloud: Cloud, resource: ResourceId, revision: str | None
) -> Looked:
    document, listed = await asyncio.gather(client.app(resource), client.revisions(resource))
    app = read_app(document)
    revisions = in_order(listed, app)
    if revision is None:
        names = [one.name for one in reversed(revisions) if one.active]
    else:
        names = [named(app, revisions, revision).name]
    found, probes = await asyncio.gather(
        asyncio.gather(*(read_replicas(client, resource, name) for name in names)),
        _failed_probes(client, cloud, resource, app),
    )
    replicas = dict(zip(names, found, strict=True))
    there = {one.name for each in replicas.values() for one in each}
    return Looked(replicas, tuple(one for one in probes if one.replica in there))


async def _failed_probes(
    client: ContainerApps, cloud: Cloud, resource: ResourceId, app: App
) -> tuple[Event, ...]:
    """Return what is told of failing probes; nothing where the events cannot be read."""
    told = await past_events(client, cloud, resource, app, patience=_PATIENCE)
    found = {(one.replica, one.message): one for one in told if word(one.reason) == _PROBE_FAILED}
    return tuple(found.values())


def changes(before: Looked, now: Looked) -> Iterator[Change]:
    """Yield what is different from one look to the next."""
    were, are = _by_name(before), _by_name(now)
    for name in were.keys() - are.keys():
        yield Change(name, "", "is gone")
    for name, replica in are.items():
        former = were.get(name)
        if former is None:
            yield Change(name, "", f"is new: {replica.states.running_state}")
        known = {one.name: one for one in former.every_container()} if former else {}
        for container in replica.every_container():
            if what := _difference(known.get(container.name), container):
                yield Change(name, container.name, what)
    told = {(one.replica, one.message, one.count) for one in before.probes}
    for one in now.probes:
        if (one.replica, one.message, one.count) not in told:
            yield Change(one.replica, "", one.message)


def _by_name(looked: Looked) -> dict[str, Replica]:
    return {one.name: one for found in looked.replicas.values() for one in found}


def _difference(before: ReplicaContainer | None, now: ReplicaContainer) -> str:
    """Return what is different of a container in words; empty for nothing."""
    if before is not None and before.states == now.states:
        return ""
    states = now.states
    told = [states.running_state]
    if states.ready is not None:
        told.append("ready" if states.ready else "not ready")
    if states.restart_count:
        told.append(f"{states.restart_count} restarts")
    if states.details:
        told.append(states.details)
    return ", ".join(one for one in told if one)
