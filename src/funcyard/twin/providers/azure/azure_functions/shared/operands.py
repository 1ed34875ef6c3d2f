"""The values that conditions speak of: those of the reading, and the last of everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.twin.contract import settings
from funcyard.twin.rules.tree import Condition, Path, paths

if TYPE_CHECKING:
    from funcyard.twin.contract.info import TwinInfo
    from funcyard.twin.contract.telemetry import Telemetry

    from .services import Services


class Operands:
    """Values by path: what a reading says counts before what its twin shows.

    Args:
        telemetry: The reading.
        services: What reaches the graph; without one, what is not in the reading has no value.
    """

    def __init__(self, telemetry: Telemetry, services: Services) -> None:
        self._telemetry = telemetry
        self._services = services
        self._twins: dict[str, dict[str, Any] | None] = {}

    async def load(self, condition: Condition) -> None:
        """Read the twins whose values a condition needs, each once.

        Raises:
            StorageError: The graph cannot be read.
        """
        for path in paths(condition):
            twin = twin_of(path.entity, self._services.info)
            if self._is_read(path) or twin in self._twins:
                continue
            has_graph = self._services.given(settings.ADT_URL)
            self._twins[twin] = await self._services.graph.twin(twin) if has_graph else None

    def value_of(self, path: Path) -> object:
        """Return the value of a path, None where it has none."""
        if self._is_read(path):
            return self._telemetry.values[path.name]
        shown: Any = self._twins.get(twin_of(path.entity, self._services.info))
        if shown is not None and path.component is not None:
            shown = shown.get(path.component)
        return shown.get(path.name) if isinstance(shown, dict) else None

    def _is_read(self, path: Path) -> bool:
        info, device = self._services.info, self._telemetry.device
        own = path.component is None and twin_of(path.entity, info) == twin_of(device, info)
        return own and path.name in self._telemetry.values


def twin_of(entity: str, info: TwinInfo) -> str:
    """Return the twin that is meant by the id of a device or of a twin."""
    device = info.devices.get(entity)
    return entity if device is None else device.twin


def concerns(condition: Condition, device: str, info: TwinInfo) -> bool:
    """Tell whether a device's readings are what a condition waits for.

    It waits for those of the devices that it speaks of; where it speaks of none, for all.
    """
    entities = {path.entity for path in paths(condition)}
    if twin_of(device, info) in {twin_of(entity, info) for entity in entities}:
        return True
    own = {*info.devices, *(one.twin for one in info.devices.values())}
    return not entities & own
