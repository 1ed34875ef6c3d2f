"""Where events are kept: an SQLite file, of which the oldest events go."""

from __future__ import annotations

import json
import logging
import sqlite3
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.store import StoreError
from funcyard.emulator.sqlite import SqliteFile

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.emulator.activitylog.filters import Filter
    from funcyard.emulator.core.records import Json

_LOGGER = logging.getLogger(__name__)

KEPT: Final = 20_000
"""So many events are kept; Azure keeps those of 90 days."""

_TRIMMED_EVERY: Final = 500
_SCHEMA: Final = """
CREATE TABLE events (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, subscription TEXT NOT NULL, resource TEXT NOT NULL,
  grouped TEXT NOT NULL, provider TEXT NOT NULL, correlation TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX events_by_time ON events (subscription, at);
CREATE INDEX events_by_resource ON events (resource, at);
"""


class ActivityLog(SqliteFile):
    """The events of a location.

    Args:
        folder: Where they are kept; made where there is none.

    Raises:
        StoreError: It cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "activitylog.sqlite", version=1, schema=_SCHEMA, error=StoreError)

    def add(self, event: Json) -> None:
        """Keep an event, and let go of the oldest of too many.

        What it tells of is done: a disk that is full costs the event, not the change's answer.
        """
        try:
            self._add(event)
        except sqlite3.Error:
            _LOGGER.exception("the activity log lacks %s", event["operationName"]["value"])

    def find(self, wanted: Filter, subscription: str) -> list[Json]:
        """Return events that a filter lets pass, the newest first."""
        conditions, values = ["subscription = ?", "at >= ?"], [subscription.lower(), wanted.since]
        for column, value in (
            ("resource", wanted.resource),
            ("grouped", wanted.group),
            ("provider", wanted.provider),
        ):
            if value:
                conditions.append(f"{column} = ?")
                values.append(value.lower())
        if wanted.until:
            conditions.append("at <= ?")
            values.append(wanted.until)
        if wanted.correlation:
            conditions.append("correlation = ?")
            values.append(wanted.correlation)
        rows = self._connection.execute(
            f"SELECT body FROM events WHERE {' AND '.join(conditions)} ORDER BY id DESC",  # noqa: S608 - columns are named above
            values,
        )
        found: list[dict[str, Any]] = [json.loads(body) for (body,) in rows]
        return found

    def _add(self, event: Json) -> None:
        with self.transaction():
            added = self._connection.execute(
                "INSERT INTO events (at, subscription, resource, grouped, provider, correlation,"
                " body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    event["eventTimestamp"],
                    event["subscriptionId"].lower(),
                    event["resourceId"].lower(),
                    event["resourceGroupName"].lower(),
                    event["resourceProviderName"]["value"].lower(),
                    event["correlationId"],
                    json.dumps(event),
                ),
            ).lastrowid
            if added is not None and added % _TRIMMED_EVERY == 0:
                self._connection.execute("DELETE FROM events WHERE id <= ?", (added - KEPT,))
