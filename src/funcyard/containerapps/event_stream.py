"""The events of an app: those that were, and those to come."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING, Final

from funcyard.azure.container_streams import ContainerStreams
from funcyard.azure.deadline import within
from funcyard.azure.errors import AzureFailedError
from funcyard.azure.patience import BUSY_SECONDS, Patience
from funcyard.containerapps.polling import PAUSE
from funcyard.containerapps.reading import read_auth_token, read_event

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.events import Event
    from funcyard.containerapps.models import App

TAIL: Final = 100
"""So many events of before are asked for, unless told."""

_KNOWN: Final = 500


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

    They are told besides: waiting for them takes nothing from the time to wait for an answer that
    somebody asked for, and nobody is told of it.

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
    async with ContainerStreams(cloud, token, Patience(BUSY_SECONDS)) as streams:
        async for line in streams.lines(app.event_stream, follow=follow, tail=tail):
            event = read_event(line)
            if event is not None:
                yield event


async def follow_events(
    client: ContainerApps,
    cloud: Cloud,
    resource: ResourceId,
    app: App,
    *,
    before: Iterable[Event] = (),
    pause: float = PAUSE,
) -> AsyncGenerator[Event, None]:
    """Yield the events of an app as they come, for as long as somebody takes them, each once.

    A stream that ends or breaks off is opened again; what cannot be read is left out, since it only
    tells more of what the states tell.

    Args:
        client: By which its token is asked for.
        cloud: Where it is.
        resource: The app.
        app: As Azure tells of it.
        before: Events that are not told again.
        pause: Seconds until a stream is opened again.
    """
    known = deque(before, maxlen=_KNOWN)
    while app.event_stream:
        with contextlib.suppress(AzureFailedError):
            async for event in events(client, cloud, resource, app, follow=True):
                # The collector tells by events of its own that it was asked.
                if event.app and event not in known:
                    known.append(event)
                    yield event
        await asyncio.sleep(pause)


async def past_events(
    client: ContainerApps, cloud: Cloud, resource: ResourceId, app: App, *, patience: float
) -> tuple[Event, ...]:
    """Return the last events of an app; nothing where they cannot be read in time.

    Args:
        client: By which its token is asked for.
        cloud: Where it is.
        resource: The app.
        app: As Azure tells of it.
        patience: Seconds for that.
    """
    found: list[Event] = []
    with contextlib.suppress(AzureFailedError, TimeoutError):
        async with within(patience):
            async for event in events(client, cloud, resource, app, follow=False):
                found.append(event)  # noqa: PERF401 - what came before the time ended counts
    return tuple(found)
