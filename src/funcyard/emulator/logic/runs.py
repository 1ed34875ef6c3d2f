"""The runs that a workflow had, in one SQLite file. Used from one thread.

Each change is one transaction; a run that a kill cut short is told as aborted.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.store import StoreError
from funcyard.emulator.sqlite import SqliteFile

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.emulator.core.records import Json

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
  record TEXT NOT NULL
);
"""
RUNNING: Final = "Running"
ABORTED: Final = "Aborted"


class Runs(SqliteFile):
    """The runs of a workflow.

    Args:
        path: The file; made, with its folder, where there is none.

    Raises:
        StoreError: It cannot be used.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, version=_VERSION, schema=_SCHEMA, error=StoreError)

    def save(self, record: Json) -> None:
        """Keep a run as it is now."""
        self._connection.execute(
            "INSERT INTO runs (name, status, record) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET status=excluded.status, record=excluded.record",
            (record["name"], record["status"], json.dumps(record)),
        )

    def find(self, name: str) -> Json | None:
        """Return a run; None where there is no such."""
        row = self._connection.execute(
            "SELECT record FROM runs WHERE name=?", (name.upper(),)
        ).fetchone()
        return None if row is None else _read(row[0])

    def all(self) -> list[Json]:
        """Return all runs, the newest first."""
        rows = self._connection.execute("SELECT record FROM runs ORDER BY number DESC")
        return [_read(record) for (record,) in rows]

    def abort_what_runs(self, now: str) -> None:
        """Say of runs that were cut short that they were."""
        rows = self._connection.execute("SELECT record FROM runs WHERE status=?", (RUNNING,))
        for (record,) in rows.fetchall():
            self.save({**_read(record), "status": ABORTED, "endTime": now})


def _read(record: str) -> Json:
    found: dict[str, Any] = json.loads(record)
    return found
