"""What models, twins and relationships of a graph have in common.

https://learn.microsoft.com/azure/digital-twins/concepts-security
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from funcyard.azure.data_plane import Service
from funcyard.deploy.resources.data_part import DataPart
from funcyard.deploy.resources.digital_twins import VERSION, DigitalTwins, host_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resources.reach import Reach

_SERVICE: Final = Service(
    "https://digitaltwins.azure.net", ".digitaltwins.azure.net", {"api-version": "2023-10-31"}
)
_PATCH: Final = {"Content-Type": "application/json-patch+json"}


@dataclass(frozen=True)
class GraphPart(DataPart):
    """Something in the graph of an instance."""

    service: ClassVar[Service] = _SERVICE
    server_version: ClassVar[str] = VERSION
    role: ClassVar[str] = "Azure Digital Twins Data Owner"

    @staticmethod
    def named(instance: DigitalTwins, *parts: str) -> str:
        """Return the identity of something in the graph of an instance."""
        return "/".join((instance.identity, *parts))

    @staticmethod
    def host_of(document: Mapping[str, Json]) -> str | None:
        """Return where an instance's graph is."""
        return host_of(document)

    @property
    def path(self) -> str:
        """Its address in the graph."""
        return "/" + "/".join(quote(part, safe="") for part in self.parts)

    async def patch(self, cloud: Reach, operations: list[dict[str, Any]]) -> None:
        """Change parts of it by JSON Patch."""
        if operations:
            await self.send(cloud, "PATCH", self.path, operations, headers=_PATCH)


def step(path: Path, wanted: Mapping[str, Json]) -> dict[str, Any]:
    """Return the operation of JSON Patch that brings a value to what is wanted."""
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
    value: Any = wanted
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return {"op": "remove", "path": pointer}
        value = value[part]
    return {"op": "add", "path": pointer, "value": value}
