"""The events of an app: those that were, and those to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.azure.container_streams import ContainerStreams
from funcyard.containerapps.reading import read_auth_token, read_event

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.events import Event
    from funcyard.containerapps.models import App

TAIL: Final = 100
"""So many events of before are asked for, unless told."""


async def events(
    client: ContainerApps,
    cloud: Cloud,
    resource: ResourceId,
    app: App,
    *,
    follow: bool,
    tail: int = TAIL,
) -> AsyncGenerator[Event, None]:
    """Yield the events of an app, those of before first.

    Args:
        client: By which its token is asked for.
        cloud: Where it is.
        resource: The app.
        app: As Azure tells of it.
        follow: Go on with those to come, until the stream ends.
        tail: How many of before.

    Raises:
        AzureFailedError: They cannot be read, or the stream broke off.
    """
    if not app.event_stream:
        return
    token = read_auth_token(await client.auth_token(resource)).value
    async with ContainerStreams(cloud, token) as streams:
        async for line in streams.lines(app.event_stream, follow=follow, tail=tail):
            event = read_event(line)
            if event is not None:
                yield event
