"""A topic of Event Grid that people publish to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.resource_group import ResourceGroup

VERSION: Final = "2022-06-15"
EVENT_GRID_SCHEMA: Final = "EventGridSchema"
CLOUD_EVENTS: Final = "CloudEventSchemaV1_0"


@dataclass(frozen=True)
class EventGridTopic(ArmResource):
    """A topic that people publish to."""

    kind: ClassVar[str] = "event-grid-topic"
    version: ClassVar[str] = VERSION
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name", "endpoint"})
    secret_names: ClassVar[frozenset[str]] = frozenset({"key"})
    fixed: ClassVar[tuple[Path, ...]] = (("location",), ("properties", "inputSchema"))

    @classmethod
    def of(
        cls,
        address: str,
        group: ResourceGroup,
        name: str,
        location: str,
        *,
        schema: str = EVENT_GRID_SCHEMA,
    ) -> Self:
        """Return a topic in a group.

        Args:
            address: Its name in the graph.
            group: Where it lies.
            name: 3 to 50 letters, digits and hyphens, unique in its region.
            location: Its region.
            schema: Of the events that it takes; it stays.
        """
        return cls(
            address,
            group.inside("Microsoft.EventGrid/topics", name),
            {"location": location, "properties": {"inputSchema": schema}},
            (group.address,),
        )

    def outputs(self, observed: Observed) -> Mapping[str, Json]:
        """Return its id, its name and where events are sent to."""
        properties = observed.properties.get("properties")
        endpoint = properties.get("endpoint") if isinstance(properties, dict) else None
        return {"id": self.identity, "name": self.name, "endpoint": str(endpoint or "")}

    async def secrets(self, cloud: Reach, names: frozenset[str]) -> Mapping[str, str]:
        """Return its first key."""
        listed = await cloud.manager.act(self.identity, "listKeys", self.version)
        return dict.fromkeys(names, str(listed["key1"]))
