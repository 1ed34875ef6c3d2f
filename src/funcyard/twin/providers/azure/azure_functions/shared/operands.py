"""The values that conditions speak of: those of the reading, and the last of everything else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from funcyard.twin.contract import settings
from funcyard.twin.rules.tree import Condition, Path, paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.twin.contract.devices import DeviceInfo
    from funcyard.twin.contract.telemetry import Telemetry

    from .services import Services


class Operands:
    """Values by path: what a reading says counts before what its twin shows.

    Args:
        telemetry: The reading.
        services: What reaches devices and the graph; without a graph, what is not in the reading
            has no value.
    """

    def __init__(self, telemetry: Telemetry, services: Services) -> None:
        self._telemetry = telemetry
        self._services = services
        self._devices: dict[str, DeviceInfo | None] = {}
        self._twins: dict[str, dict[str, Any] | None] = {}

    async def look_up(self, entities: Iterable[str]) -> None:
        """Find out which devices are meant by the entities of all conditions that are asked about.

        Raises:
            UnreadableError: It cannot be told.
        """
        names = list({self._telemetry.device, *entities})
        found = await asyncio.gather(*map(self._services.devices.called, names))
        self._devices |= dict(zip(names, found, strict=True))

    def are_concerned(self, condition: Condition) -> bool:
        """Tell whether the reading is what a condition waits for.

        It waits for those of the devices that it speaks of; where it speaks of none, for all.
        """
        entities = {path.entity for path in paths(condition)}
        own = self._twin_of(self._telemetry.device)
        if own in {self._twin_of(entity) for entity in entities}:
            return True
        return all(self._devices[entity] is None for entity in entities)

    async def load(self, condition: Condition) -> None:
        """Read the twins whose values a condition needs, each once.

        Raises:
            StorageError: The graph cannot be read.
        """
        for path in paths(condition):
            twin = self._twin_of(path.entity)
            if self._is_read(path) or twin in self._twins:
                continue
            has_graph = self._services.given(settings.ADT_URL)
            self._twins[twin] = await self._services.graph.twin(twin) if has_graph else None

    def value_of(self, path: Path) -> object:
        """Return the value of a path of a condition that was loaded, None where it has none."""
        if self._is_read(path):
            return self._telemetry.values[path.name]
        shown: Any = self._twins.get(self._twin_of(path.entity))
        if shown is not None and path.component is not None:
            shown = shown.get(path.component)
        return shown.get(path.name) if isinstance(shown, dict) else None

    def _twin_of(self, entity: str) -> str:
        """Return the twin that is meant by the id of a device or of a twin."""
        device = self._devices[entity]
        return entity if device is None else device.twin

    def _is_read(self, path: Path) -> bool:
        own = self._twin_of(self._telemetry.device)
        is_own = path.component is None and self._twin_of(path.entity) == own
        return is_own and path.name in self._telemetry.values
