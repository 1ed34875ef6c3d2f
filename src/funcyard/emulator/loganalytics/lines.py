"""The tables of workspaces: rows in one SQLite file, of which the oldest go."""

from __future__ import annotations

import json
import logging
import sqlite3
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.store import StoreError
from funcyard.emulator.sqlite import SqliteFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from funcyard.emulator.core.records import Json

_LOGGER = logging.getLogger(__name__)

KEPT: Final = 100_000
"""So many rows a workspace keeps; Azure keeps those of ``retentionInDays``."""

_TRIMMED_EVERY: Final = 2000
_SCHEMA: Final = """
CREATE TABLE rows (
  id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX rows_by_table ON rows (workspace, name);
"""


class Lines(SqliteFile):
    """What was sent to the workspaces of a location.

    Args:
        folder: Where it is kept; made where there is none.

    Raises:
        StoreError: It cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder / "loganalytics.sqlite", version=1, schema=_SCHEMA, error=StoreError
        )
        self._added = 0

    def add(self, customer_id: str, table: str, rows: Sequence[Json]) -> None:
        """Keep rows of a table; what cannot be kept is lost, as lines are whose sending fails."""
        if not rows:
            return
        own = customer_id.lower()
        try:
            with self.transaction():
                self._connection.executemany(
                    "INSERT INTO rows (workspace, name, body) VALUES (?, ?, ?)",
                    [(own, table, json.dumps(row)) for row in rows],
                )
                self._added += len(rows)
                if self._added >= _TRIMMED_EVERY:
                    self._added = 0
                    self._trim(own)
        except sqlite3.Error:
            _LOGGER.exception("lines of %s are lost", table)

    def rows(self, customer_id: str, table: str) -> Iterator[Json]:
        """Yield the rows of a table, the oldest first; none where nothing was sent to it."""
        for (body,) in self._connection.execute(
            "SELECT body FROM rows WHERE workspace = ? AND name = ? COLLATE NOCASE ORDER BY id",
            (customer_id.lower(), table),
        ):
            yield json.loads(body)

    def forget(self, customer_id: str) -> None:
        """Delete everything of a workspace."""
        with self.transaction():
            self._connection.execute("DELETE FROM rows WHERE workspace = ?", (customer_id.lower(),))

    def _trim(self, workspace: str) -> None:
        self._connection.execute(
            "DELETE FROM rows WHERE workspace = ?1 AND id <= (SELECT id FROM rows"
            " WHERE workspace = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
            (workspace, KEPT),
        )
