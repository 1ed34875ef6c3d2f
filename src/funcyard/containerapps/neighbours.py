"""The other apps of an environment that run on the same workload profile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from funcyard.azure.container_apps import CONTAINER_APP
from funcyard.azure.errors import AzureFailedError, AzureRefusedError
from funcyard.azure.resource_ids import ResourceIdError, read_resource_id
from funcyard.containerapps.capacity import Neighbour
from funcyard.containerapps.observing import in_order
from funcyard.containerapps.reading import read_app

if TYPE_CHECKING:
    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.models import App

_AT_ONCE: Final = 8
"""So many apps are asked about at the same time."""


async def neighbours_of(
    client: ContainerApps, resource: ResourceId, app: App
) -> list[Neighbour] | None:
    """Return the other apps on the profile of an app; None where they may not be listed.

    They are looked for in the subscription, and where only its resource group may be read, there.

    Args:
        client: Who asks.
        resource: The app.
        app: As Azure tells of it.
    """
    try:
        found = await _apps(client, resource.group)
    except AzureFailedError:
        return None
    profile, environment = app.profile.lower(), app.environment_id.lower()
    others = [
        one
        for one in found
        if one.environment_id.lower() == environment
        and one.profile.lower() == profile
        and one.id.lower() != app.id.lower()
    ]
    turn = asyncio.Semaphore(_AT_ONCE)
    return list(await asyncio.gather(*(_neighbour(client, one, turn) for one in others)))


async def _apps(client: ContainerApps, group: str) -> list[App]:
    try:
        found = await client.apps()
    except AzureRefusedError:
        found = await client.apps(group)
    return [read_app(one) for one in found]


async def _neighbour(client: ContainerApps, app: App, turn: asyncio.Semaphore) -> Neighbour:
    try:
        resource = read_resource_id(app.id, CONTAINER_APP)
        async with turn:
            revisions = in_order(await client.revisions(resource), app)
    except (AzureFailedError, ResourceIdError):
        return Neighbour(app)
    return Neighbour(app, tuple(one for one in revisions if one.active))
