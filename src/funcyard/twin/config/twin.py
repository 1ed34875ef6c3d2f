"""A whole twin: the models of its files together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from funcyard.twin.config.clouds import Providers
    from funcyard.twin.config.credentials import Credentials
    from funcyard.twin.config.devices import Device
    from funcyard.twin.config.events import Event
    from funcyard.twin.config.general import Config
    from funcyard.twin.config.hierarchy import Hierarchy
    from funcyard.twin.config.inter_cloud import Connection
    from funcyard.twin.config.optimization import Flags
    from funcyard.twin.config.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Twin:
    """A sound twin.

    Attributes:
        folder: Its folder.
        config: Its name, and how long readings stay where.
        devices: Its devices, in the order of the file.
        events: Conditions with their actions, in the order of the file.
        flags: Which optional parts are wanted.
        providers: The cloud of each layer.
        credentials: Subscriptions and regions by cloud.
        connections: Receivers that somebody else deployed, by the boundary.
        hierarchy: The graph as it begins, None where Azure does not hold L4.
        simulation: What simulated devices send, None where nothing says so.
        payloads: What devices send whose payloads stand in files, by device.
        processors: The ids of the devices whose readings code of the person's processes.
    """

    folder: Path
    config: Config
    devices: tuple[Device, ...]
    events: tuple[Event, ...]
    flags: Flags
    providers: Providers
    credentials: Credentials
    connections: dict[str, Connection]
    hierarchy: Hierarchy | None
    processors: frozenset[str]
    simulation: Simulation | None = None
    payloads: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)
