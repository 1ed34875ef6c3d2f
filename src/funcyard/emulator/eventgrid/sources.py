"""What events come from: types of resources, the events of each, and whether they come here.

https://learn.microsoft.com/azure/event-grid/system-topics
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.target import read, subscription_of
from funcyard.emulator.eventgrid.naming import SYSTEM_TOPIC, TOPIC

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.target import Target

_SUBSCRIPTION: Final = "Microsoft.Resources/subscriptions"


@dataclass(frozen=True, slots=True)
class Source:
    """A type of resource at which something happens.

    Attributes:
        topic_type: What Event Grid calls it.
        resource_type: What the Resource Manager calls it.
        events: The types of its events that are delivered where none are named.
        is_heard: Whether the local Azure tells what happens there.
    """

    topic_type: str
    resource_type: str
    events: tuple[str, ...]
    is_heard: bool = True


SOURCES: Final = (
    Source(
        "Microsoft.Devices.IoTHubs",
        "Microsoft.Devices/IotHubs",
        tuple(
            f"Microsoft.Devices.Device{what}"
            for what in ("Created", "Deleted", "Connected", "Disconnected", "Telemetry")
        ),
    ),
    Source(
        "Microsoft.Storage.StorageAccounts",
        "Microsoft.Storage/storageAccounts",
        ("Microsoft.Storage.BlobCreated", "Microsoft.Storage.BlobDeleted"),
        is_heard=False,  # Azurite tells nobody
    ),
    Source(
        "Microsoft.PolicyInsights.PolicyStates",
        _SUBSCRIPTION,
        tuple(
            f"Microsoft.PolicyInsights.PolicyState{what}"
            for what in ("Created", "Changed", "Deleted")
        ),
        is_heard=False,
    ),
)


def of_topic_type(name: str) -> Source | None:
    """Return a source by what Event Grid calls it, in any case."""
    return next((one for one in SOURCES if one.topic_type.lower() == name.lower()), None)


def of_resource(identifier: str) -> Source | None:
    """Return the source that a resource is, by its id; None where it is none that is known."""
    target, _ = read(identifier)
    kind = target.type if target is not None else _SUBSCRIPTION
    return next((one for one in SOURCES if one.resource_type.lower() == kind.lower()), None)


def is_there(core: Core, identifier: str) -> bool:
    """Whether a resource, or a subscription, is there."""
    if read(identifier)[0] is None:
        return identifier.lower() == f"/subscriptions/{subscription_of(identifier)}".lower()
    return core.store.find(identifier) is not None


def topic_of(core: Core, target: Target) -> tuple[str, Source | None]:
    """Return the resource whose events a subscription gets, and what source that is.

    Of a topic that people publish to there is no source.
    """
    above = target.parent
    identifier = target.scope if above is None else above.id
    kind = (read(identifier)[0] or target).type.lower()
    if kind == TOPIC.lower():
        return identifier, None
    if kind == SYSTEM_TOPIC.lower():
        kept = core.store.find(identifier)
        identifier = str(kept.properties["source"]) if kept is not None else identifier
        return identifier, of_resource(identifier)
    return identifier, of_resource(identifier)
