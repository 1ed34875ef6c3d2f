"""What happens in services, told to whoever delivers it: in Azure, Event Grid.

A service publishes what happened at a resource; who delivers events registers to take them. What
was published is kept: :meth:`Events.publish` returns once every taker has it in a file, so that the
service may then tell its client that it was accepted, and a process that is killed loses none.

https://learn.microsoft.com/azure/event-grid/event-schema
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at a resource.

    Attributes:
        type: What, as in ``Microsoft.Devices.DeviceTelemetry``.
        subject: To what of the resource, as in ``devices/sensor-1``.
        time: When, as Azure writes times.
        data: What its type tells.
        data_version: Of the shape of the data.
        id: Its own; one that comes twice under an id happened once.
    """

    type: str
    subject: str
    time: str
    data: Json
    data_version: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class Taker(Protocol):
    """Who delivers events."""

    async def take(self, source: str, event: Event) -> None:
        """Keep an event for delivery; return once a kill would not lose it.

        Args:
            source: Id of the resource at which it happened.
            event: What did.
        """
        ...


class Events:
    """Carries what services publish to who delivers it."""

    def __init__(self) -> None:
        self._takers: list[Taker] = []

    def register(self, taker: Taker) -> None:
        """Let somebody take all that is published from now on."""
        self._takers.append(taker)

    async def publish(self, source: str, event: Event) -> None:
        """Hand an event to all takers; return once all have kept it.

        A taker's fault is passed on: then the event counts as not accepted, and may be published
        again under its id.

        Args:
            source: Id of the resource at which it happened.
            event: What did.
        """
        for taker in self._takers:
            await taker.take(source, event)
