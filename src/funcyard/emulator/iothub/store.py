"""What a hub keeps: its devices, and the messages that wait for them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.iothub import twins
from funcyard.emulator.iothub.devices import Device
from funcyard.emulator.sqlite import SqliteFile
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE devices (key TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, expires REAL NOT NULL,
  record TEXT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX messages_by_device ON messages (device);
"""


class HubStoreError(FuncyardError):
    """What a hub keeps cannot be used."""

    code = "iothub-store"


@dataclass(frozen=True, slots=True)
class Message:
    """A message from a service that waits for a device.

    Attributes:
        number: Its place in the order of the hub.
        enqueued: When it came.
        expires: The time of day at which it is dropped.
        system: What the protocol knows of it: ``message-id``, ``content-type`` and the like.
        properties: What the service said of it.
        body: Itself.
        deliveries: How often it was handed over.
    """

    number: int
    enqueued: str
    expires: float
    system: dict[str, str]
    properties: dict[str, str]
    body: bytes = field(repr=False)
    deliveries: int = 0


class HubStore(SqliteFile):
    """Everything that a hub keeps.

    Args:
        folder: Where; made where there is none.

    Raises:
        HubStoreError: It cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder / "hub.sqlite", version=_VERSION, schema=_SCHEMA, error=HubStoreError
        )

    def device(self, name: str) -> Device | None:
        """Return a device; ids differ by case."""
        row = self._connection.execute("SELECT record FROM devices WHERE key=?", (name,)).fetchone()
        return _read(row[0]) if row else None

    def devices(self, after: str = "") -> Iterator[Device]:
        """Yield all devices, by id; those behind one where it is named."""
        query = "SELECT record FROM devices WHERE key>? ORDER BY key"
        for (record,) in self._connection.execute(query, (after,)):
            yield _read(record)

    def save(self, device: Device) -> None:
        """Keep a device."""
        self._connection.execute(
            "INSERT INTO devices VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET record=excluded.record",
            (device.id, json.dumps(asdict(device))),
        )

    def drop(self, name: str) -> None:
        """Forget a device and what waits for it."""
        self._connection.execute("DELETE FROM devices WHERE key=?", (name,))
        self.purge(name)

    def add(self, device: str, message: Message) -> Message:
        """Keep a message for a device; return it with its number."""
        told = {
            "enqueued": message.enqueued,
            "system": message.system,
            "properties": message.properties,
            "deliveries": message.deliveries,
        }
        made = self._connection.execute(
            "INSERT INTO messages (device, expires, record, body) VALUES (?, ?, ?, ?)",
            (device, message.expires, json.dumps(told), message.body),
        )
        return replace(message, number=int(made.lastrowid or 0))

    def waiting(self, device: str, now: float) -> list[Message]:
        """Return the messages that wait for a device, the oldest first; late ones are dropped."""
        self._connection.execute(
            "DELETE FROM messages WHERE device=? AND expires<=?", (device, now)
        )
        rows = self._connection.execute(
            "SELECT number, expires, record, body FROM messages WHERE device=? ORDER BY number",
            (device,),
        )
        return [
            Message(number=number, expires=expires, body=body, **json.loads(record))
            for number, expires, record, body in rows
        ]

    def count(self, device: str, now: float) -> int:
        """Return how many messages wait for a device."""
        (found,) = self._connection.execute(
            "SELECT count(*) FROM messages WHERE device=? AND expires>?", (device, now)
        ).fetchone()
        return int(found)

    def delivered(self, number: int, deliveries: int) -> None:
        """Keep how often a message was handed over."""
        self._connection.execute(
            "UPDATE messages SET record=json_set(record, '$.deliveries', ?) WHERE number=?",
            (deliveries, number),
        )

    def remove(self, number: int) -> None:
        """Forget a message."""
        self._connection.execute("DELETE FROM messages WHERE number=?", (number,))

    def purge(self, device: str) -> int:
        """Forget what waits for a device; return how much that was."""
        done = self._connection.execute("DELETE FROM messages WHERE device=?", (device,))
        return done.rowcount


def _read(record: str) -> Device:
    values = json.loads(record)
    twin = twins.kept(values.pop("twin"))
    return Device(**{**values, "topics": tuple(values["topics"])}, twin=twin)
