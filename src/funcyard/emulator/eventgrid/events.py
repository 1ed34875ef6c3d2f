"""An event as it came, in either schema, and as it goes out.

https://learn.microsoft.com/azure/event-grid/event-schema
https://learn.microsoft.com/azure/event-grid/cloud-event-schema
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.eventgrid.naming import CLOUD_EVENTS, EVENT_GRID

if TYPE_CHECKING:
    from funcyard.emulator.core.events import Event as Happened
    from funcyard.emulator.core.records import Json

_GRID: Final = {
    "id": "id",
    "topic": "topic",
    "subject": "subject",
    "eventtype": "eventType",
    "eventtime": "eventTime",
    "dataversion": "dataVersion",
}
_CLOUD: Final = {
    "eventid": "id",
    "source": "source",
    "subject": "subject",
    "eventtype": "type",
    "eventtypeversion": "dataschema",
}
_DEVICES: Final = "/providers/microsoft.devices/iothubs/"
MISSING: Final = object()
"""What :meth:`Event.value` returns for a key that an event has not."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event.

    Attributes:
        schema: Which it is of, as it came.
        body: It, whole.
    """

    schema: str
    body: Json

    @property
    def id(self) -> str:
        """Its own."""
        return str(self.body["id"])

    @property
    def type(self) -> str:
        """What happened."""
        return str(self.body["type" if self.schema == CLOUD_EVENTS else "eventType"])

    @property
    def subject(self) -> str:
        """To what it happened; a CloudEvent may not say."""
        return str(self.body.get("subject") or "")

    @property
    def versions(self) -> tuple[str, str]:
        """The version of its data, and that of what is told beside them."""
        if self.schema == CLOUD_EVENTS:
            return str(self.body.get("dataschema") or ""), str(self.body["specversion"])
        return str(self.body.get("dataVersion") or ""), str(self.body["metadataVersion"])

    def value(self, key: str) -> object:
        """Return what a key of a filter, or of a delivery attribute, means of it.

        Keys of the event itself are taken in any case, those of its data as they are spelled.
        """
        first, *rest = key.split(".")
        names = _CLOUD if self.schema == CLOUD_EVENTS else _GRID
        if first.lower() == "data":
            first = "data"
        elif not rest:
            first = names.get(first.lower(), first)
        found: Any = self.body.get(first, MISSING)
        for name in rest:
            if not isinstance(found, dict) or name not in found:
                return MISSING
            found = found[name]
        return found

    def to(self, schema: str) -> Json:
        """Return it in the schema in which it is delivered: its own, or CloudEvents 1.0."""
        if schema == self.schema:
            return self.body
        names = {"subject": "subject", "eventType": "type", "eventTime": "time", "id": "id"}
        told = {new: self.body[old] for old, new in names.items()}
        told |= {"specversion": "1.0", "source": self.body["topic"]}
        return told | ({"data": self.body["data"]} if "data" in self.body else {})


def happened(source: str, one: Happened) -> Event:
    """Return what a service of Azure tells, as Event Grid does."""
    # IoT hubs tell their id in capitals, as the documented events do.
    topic = source.upper() if _DEVICES in source.lower() else source
    body = {
        "id": one.id,
        "topic": topic,
        "subject": one.subject,
        "eventType": one.type,
        "data": one.data,
        "dataVersion": one.data_version,
        "metadataVersion": "1",
        "eventTime": one.time,
    }
    return Event(EVENT_GRID, body)
