"""The last lines of what an app's containers print, and of what the platform tells of it."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Final

from funcyard.azure.container_streams import MOST_LINES, ContainerStreams
from funcyard.azure.errors import AzureFailedError
from funcyard.containerapps.reading import read_auth_token, read_event
from funcyard.deployed.log import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.events import Event
    from funcyard.containerapps.models import Replica

_REPLICAS: Final = 3
"""Of so many replicas lines are read: what is wrong with a revision is wrong with each of them."""

_LISTENING: Final = re.compile(
    r"listening (?:on|at)\b[^\n]*?:(\d{2,5})\b|running on https?://[^\s/]*:(\d{2,5})\b",
    re.IGNORECASE,
)


async def read_events(
    client: ContainerApps, cloud: Cloud, app: ResourceId, stream: str
) -> tuple[Event, ...]:
    """Return what the platform told of an app lately, the oldest first.

    Raises:
        AzureFailedError: It cannot be read.
    """
    token = read_auth_token(await client.auth_token(app)).value
    async with ContainerStreams(cloud, token, client.patience) as streams:
        found = [read_event(line) async for line in streams.lines(stream, tail=MOST_LINES)]
    return tuple(one for one in found if one is not None and one.revision)


async def read_lines(
    client: ContainerApps,
    cloud: Cloud,
    app: ResourceId,
    replicas: Iterable[Replica],
) -> tuple[Record, ...]:
    """Return what containers of replicas printed lately, one after another.

    A container that does not run may have no stream, and then another one's lines count.

    Raises:
        AzureFailedError: None of it can be read.
    """
    addresses = [
        container.log_stream
        for replica in list(replicas)[:_REPLICAS]
        for container in replica.every_container()
        if container.log_stream
    ]
    if not addresses:
        return ()
    token = read_auth_token(await client.auth_token(app)).value
    async with ContainerStreams(cloud, token, client.patience) as streams:

        async def one(address: str) -> list[str] | AzureFailedError:
            try:
                return [_said(line) async for line in streams.lines(address, tail=MOST_LINES)]
            except AzureFailedError as fault:
                return fault

        found = await asyncio.gather(*(one(address) for address in addresses))
    told = [one for one in found if isinstance(one, list)]
    if not told:
        raise next(one for one in found if isinstance(one, AzureFailedError))
    lines = [line for lines in told for line in lines]
    return tuple(Record(number, line) for number, line in enumerate(lines, start=1) if line)


def listening_ports(records: Iterable[Record]) -> frozenset[int]:
    """Return the ports that lines say something listens on."""
    found = (match for one in records for match in _LISTENING.finditer(one.text))
    return frozenset(int(one[1] or one[2]) for one in found)


def _said(line: str) -> str:
    """Return what was printed, of a line of a stream."""
    try:
        document = json.loads(line)
    except ValueError:
        return line.rstrip()
    return str(document.get("Log") or "").rstrip() if isinstance(document, dict) else line.rstrip()
