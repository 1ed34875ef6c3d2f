"""A system topic of Event Grid: what happens at a resource of Azure, for subscriptions to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from funcyard.deploy.resources.arm import ArmResource
from funcyard.deploy.resources.event_grid_topic import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed
    from funcyard.deploy.resources.resource_group import ResourceGroup

IOT_HUBS: Final = "Microsoft.Devices.IoTHubs"
STORAGE_ACCOUNTS: Final = "Microsoft.Storage.StorageAccounts"


@dataclass(frozen=True)
class EventGridSystemTopic(ArmResource):
    """A system topic; Azure allows one for each source."""

    kind: ClassVar[str] = "event-grid-system-topic"
    version: ClassVar[str] = VERSION
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name"})
    fixed: ClassVar[tuple[Path, ...]] = (("location",), ("properties",))

    @classmethod
    def of(
        cls, address: str, group: ResourceGroup, name: str, source: ArmResource, topic_type: str
    ) -> Self:
        """Return the system topic of a resource.

        Args:
            address: Its name in the graph.
            group: Where it lies, which is that of its source.
            name: 3 to 50 letters, digits and hyphens.
            source: Where things happen; the topic is in its region.
            topic_type: What Event Grid calls the source's type, such as :data:`IOT_HUBS`.
        """
        return cls(
            address,
            group.inside("Microsoft.EventGrid/systemTopics", name),
            {
                "location": source.properties["location"],
                "properties": {"source": source.identity, "topicType": topic_type},
            },
            (group.address, source.address),
        )

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return its id and name."""
        return {"id": self.identity, "name": self.name}

    def alike(self, path: Path, wanted: Json, found: Json) -> bool:
        """Whether two spellings name one topic type, or what all types know as one."""
        if path == ("properties", "topicType"):
            return str(wanted).lower() == str(found).lower()
        return super().alike(path, wanted, found)
