"""An event subscription: which events of a topic, or of a resource, go where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from funcyard.deploy.refs import Ref
from funcyard.deploy.resource import Observed
from funcyard.deploy.resources.arm import ArmResource
from funcyard.deploy.resources.event_grid_system_topic import EventGridSystemTopic
from funcyard.deploy.resources.event_grid_topic import EVENT_GRID_SCHEMA, VERSION, EventGridTopic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json, Value
    from funcyard.deploy.resources.event_destination import Destination
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.storage_account import BlobContainer

_MOST_ATTEMPTS: Final = 30
_LONGEST_MINUTES: Final = 1440


@dataclass(frozen=True)
class EventSubscription(ArmResource):
    """An event subscription; it has no tags, what it hangs on says whose it is."""

    kind: ClassVar[str] = "event-subscription"
    version: ClassVar[str] = VERSION
    has_tags: ClassVar[bool] = False
    identity_is_ours: ClassVar[bool] = True
    timeout: ClassVar[float] = 900.0
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name"})
    fixed: ClassVar[tuple[Path, ...]] = ()

    @classmethod
    def of(
        cls,
        address: str,
        source: ArmResource,
        name: str,
        destination: Destination,
        *,
        event_types: tuple[str, ...] = (),
        subject_begins_with: str = "",
        subject_ends_with: str = "",
        advanced_filters: tuple[Mapping[str, Value], ...] = (),
        schema: str = EVENT_GRID_SCHEMA,
        dead_letters: BlobContainer | None = None,
        attempts: int = _MOST_ATTEMPTS,
        minutes: int = _LONGEST_MINUTES,
    ) -> Self:
        """Return a subscription to a topic, a system topic, or any other resource.

        Args:
            address: Its name in the graph.
            source: Where the events come from.
            name: 3 to 64 letters, digits and hyphens.
            destination: Where they go.
            event_types: Those that are delivered; all of the source's where none are named.
            subject_begins_with: What their subjects begin with, in any case.
            subject_ends_with: What they end with.
            advanced_filters: As Event Grid takes them; all have to hold.
            schema: In which they are delivered.
            dead_letters: Where those go that cannot be delivered; nowhere without it.
            attempts: How often delivery is tried, 1 to 30 times.
            minutes: For how long, 1 to 1440.
        """
        filters: dict[str, Value] = {
            "subjectBeginsWith": subject_begins_with,
            "subjectEndsWith": subject_ends_with,
        }
        if event_types:
            filters["includedEventTypes"] = list(event_types)
        if advanced_filters:
            filters["advancedFilters"] = list(advanced_filters)
        properties: dict[str, Value] = {
            "destination": destination.document,
            "filter": filters,
            "eventDeliverySchema": schema,
            "retryPolicy": {"maxDeliveryAttempts": attempts, "eventTimeToLiveInMinutes": minutes},
        }
        needed = [source.address, *destination.depends_on]
        if dead_letters is not None:
            properties["deadLetterDestination"] = _container(dead_letters)
            needed.append(dead_letters.address)
        return cls(address, _identity(source, name), {"properties": properties}, tuple(needed))

    async def read(self, cloud: Reach) -> Observed | None:
        """Return the document that is there; of a webhook's address Azure shows no query."""
        observed = await super().read(cloud)
        if observed is None:
            return None
        shown: dict[str, Any] = dict(observed.properties)
        properties = dict(shown.get("properties") or {})
        destination = dict(properties.get("destination") or {})
        inner = dict(destination.get("properties") or {})
        if "endpointBaseUrl" in inner:
            found = _url(self._declared_url(), str(inner["endpointBaseUrl"]))
            inner.pop("endpointUrl", None)
            inner |= {} if found is None else {"endpointUrl": found}
            destination["properties"] = inner
            properties["destination"] = destination
            shown["properties"] = properties
        return Observed(shown, observed.tags)

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return its id and name."""
        return {"id": self.identity, "name": self.name}

    def _declared_url(self) -> object:
        properties: Any = self.properties.get("properties") or {}
        return properties.get("destination", {}).get("properties", {}).get("endpointUrl")


def _identity(source: ArmResource, name: str) -> str:
    """Return the id of a subscription: a part of a topic, or an extension of anything else."""
    if isinstance(source, EventGridTopic | EventGridSystemTopic):
        return f"{source.identity}/eventSubscriptions/{name}"
    return f"{source.identity}/providers/Microsoft.EventGrid/eventSubscriptions/{name}"


def _container(container: BlobContainer) -> Mapping[str, Value]:
    account, _, _ = container.identity.partition("/blobServices/")
    properties = {"resourceId": account, "blobContainerName": container.name}
    return {"endpointType": "StorageBlob", "properties": properties}


def _url(declared: object, base: str) -> str | None:
    """Return what is known of a webhook's address, None where only the record can tell."""
    if isinstance(declared, Ref):
        return base
    if not isinstance(declared, str):
        return None  # a secret
    return declared if declared.partition("?")[0] == base else base
