"""System events: what happened to apps, revisions and replicas, in one SQLite file.

Words are those of Azure's system logs
(https://learn.microsoft.com/azure/container-apps/log-monitoring#system-logs). The oldest go once an
app has too many. Used from one thread.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.store import StoreError
from funcyard.emulator.sqlite import SqliteFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NORMAL: Final = "Normal"
WARNING: Final = "Warning"
CONTROLLER: Final = "ContainerAppController"
KEDA: Final = "KEDA"
_VERSION: Final = 1
_MOST: Final = 1000
_SLACK: Final = 100
_SCHEMA: Final = """
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, environment TEXT NOT NULL, app TEXT NOT NULL,
  name TEXT NOT NULL, revision TEXT NOT NULL, replica TEXT NOT NULL, time REAL NOT NULL,
  type TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL, source TEXT NOT NULL,
  count INTEGER NOT NULL
);
CREATE INDEX events_by_environment ON events (environment, id);
CREATE INDEX events_by_app ON events (app, id);
"""
_COLUMNS: Final = (
    "environment, app, name, revision, replica, time, type, reason, message, source, count"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemEvent:
    """Something that happened.

    Attributes:
        environment: Key of the environment.
        app: Key of the app or job.
        name: Of that.
        revision: Its name; nothing where it is about none.
        replica: The same.
        time: When, in seconds of the day's clock.
        type: ``Normal`` or ``Warning``.
        reason: One word.
        message: What a person reads.
        source: Which part of Azure tells it.
        count: How often it happened.
    """

    environment: str
    app: str
    name: str
    revision: str = ""
    replica: str = ""
    time: float
    type: str = NORMAL
    reason: str
    message: str
    source: str = CONTROLLER
    count: int = 1


class EventBook(SqliteFile):
    """The events of a location.

    Args:
        path: The file.

    Raises:
        StoreError: It cannot be used.

    Attributes:
        is_closed: Whether it tells nothing any more.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, version=_VERSION, schema=_SCHEMA, error=StoreError)
        self._news: asyncio.Event = asyncio.Event()
        self.is_closed = False

    def close(self) -> None:
        """Let go of the file, and of who follows."""
        self.is_closed = True
        self._news.set()
        super().close()

    @property
    def last(self) -> int:
        """The number of the newest event of all; 0 before the first."""
        row = self._connection.execute("SELECT max(id) FROM events").fetchone()
        return row[0] or 0

    def add(self, event: SystemEvent) -> None:
        """Keep an event, and tell who follows."""
        values = (
            *(event.environment, event.app, event.name, event.revision, event.replica),
            *(event.time, event.type, event.reason, event.message, event.source, event.count),
        )
        marks = ", ".join("?" * len(values))
        with self.transaction():
            last = self._connection.execute(
                f"INSERT INTO events ({_COLUMNS}) VALUES ({marks})",  # noqa: S608 - columns of ours
                values,
            ).lastrowid
            if last is not None and last % _SLACK == 0:
                self._forget(event.app)
        news, self._news = self._news, asyncio.Event()
        news.set()

    def tail(self, column: str, key: str, most: int) -> list[tuple[int, SystemEvent]]:
        """Return the last events of an ``app`` or an ``environment``, the oldest first."""
        rows = self._connection.execute(
            f"SELECT id, {_COLUMNS} FROM events WHERE {column}=? ORDER BY id DESC LIMIT ?",  # noqa: S608 - columns of ours
            (key, most),
        )
        return list(_read(rows))[::-1]

    def since(self, column: str, key: str, after: int) -> list[tuple[int, SystemEvent]]:
        """Return the events behind one of a number, the oldest first."""
        rows = self._connection.execute(
            f"SELECT id, {_COLUMNS} FROM events WHERE {column}=? AND id>? ORDER BY id",  # noqa: S608 - columns of ours
            (key, after),
        )
        return list(_read(rows))

    def news(self) -> asyncio.Event:
        """Return what is set once there is another event."""
        return self._news

    def forget(self, app: str) -> None:
        """Forget all events of an app."""
        with self.transaction():
            self._connection.execute("DELETE FROM events WHERE app=?", (app,))

    def _forget(self, app: str) -> None:
        self._connection.execute(
            "DELETE FROM events WHERE app=? AND id NOT IN"
            " (SELECT id FROM events WHERE app=? ORDER BY id DESC LIMIT ?)",
            (app, app, _MOST),
        )


def _read(rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[int, SystemEvent]]:
    names = _COLUMNS.split(", ")
    for number, *values in rows:
        yield int(str(number)), SystemEvent(**dict(zip(names, values, strict=True)))  # type: ignore[arg-type]
