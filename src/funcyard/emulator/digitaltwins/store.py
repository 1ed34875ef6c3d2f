"""What a graph is made of, in one SQLite file.

Each change is one transaction, so a kill leaves the old or the new. Used from one thread.
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
CREATE TABLE models (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE twins (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE relationships (
  source TEXT NOT NULL, id TEXT NOT NULL, target TEXT NOT NULL, name TEXT NOT NULL,
  record TEXT NOT NULL, PRIMARY KEY (source, id)
) WITHOUT ROWID;
CREATE INDEX relationships_by_target ON relationships (target, source, id);
"""


class GraphStore(SqliteFile):
    """The models, twins and relationships of an instance.

    Args:
        path: The file; made, with its folder, where there is none.

    Raises:
        StoreError: It cannot be used.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, version=_VERSION, schema=_SCHEMA, error=StoreError)

    def models(self) -> dict[str, Json]:
        """Return all models, by id."""
        rows = self._connection.execute("SELECT id, record FROM models ORDER BY id")
        return {identifier: json.loads(record) for identifier, record in rows}

    def model(self, identifier: str) -> Json | None:
        """Return a model; None where there is no such."""
        return self._one("SELECT record FROM models WHERE id=?", identifier)

    def save_model(self, identifier: str, record: Json) -> None:
        """Keep a model."""
        self._connection.execute(
            "INSERT OR REPLACE INTO models VALUES (?, ?)", (identifier, json.dumps(record))
        )

    def drop_model(self, identifier: str) -> None:
        """Forget a model."""
        self._connection.execute("DELETE FROM models WHERE id=?", (identifier,))

    def twins(self) -> list[Json]:
        """Return all twins, by id."""
        return self._many("SELECT record FROM twins ORDER BY id")

    def twin(self, identifier: str) -> Json | None:
        """Return a twin; None where there is no such."""
        return self._one("SELECT record FROM twins WHERE id=?", identifier)

    def save_twin(self, record: Json) -> None:
        """Keep a twin."""
        self._connection.execute(
            "INSERT OR REPLACE INTO twins VALUES (?, ?)", (record["$dtId"], json.dumps(record))
        )

    def drop_twin(self, identifier: str) -> None:
        """Forget a twin."""
        self._connection.execute("DELETE FROM twins WHERE id=?", (identifier,))

    def relationships(self) -> list[Json]:
        """Return all relationships, by source and id."""
        return self._many("SELECT record FROM relationships ORDER BY source, id")

    def outgoing(self, source: str) -> list[Json]:
        """Return the relationships from a twin, by id."""
        return self._many("SELECT record FROM relationships WHERE source=? ORDER BY id", source)

    def incoming(self, target: str) -> list[Json]:
        """Return the relationships to a twin, by source and id."""
        return self._many(
            "SELECT record FROM relationships WHERE target=? ORDER BY source, id", target
        )

    def relationship(self, source: str, identifier: str) -> Json | None:
        """Return a relationship; None where there is no such."""
        return self._one(
            "SELECT record FROM relationships WHERE source=? AND id=?", source, identifier
        )

    def save_relationship(self, record: Json) -> None:
        """Keep a relationship."""
        named = ("$sourceId", "$relationshipId", "$targetId", "$relationshipName")
        self._connection.execute(
            "INSERT OR REPLACE INTO relationships VALUES (?, ?, ?, ?, ?)",
            (*(record[name] for name in named), json.dumps(record)),
        )

    def drop_relationship(self, source: str, identifier: str) -> None:
        """Forget a relationship."""
        self._connection.execute(
            "DELETE FROM relationships WHERE source=? AND id=?", (source, identifier)
        )

    def _one(self, query: str, *values: str) -> Json | None:
        row = self._connection.execute(query, values).fetchone()
        return None if row is None else _read(row[0])

    def _many(self, query: str, *values: str) -> list[Json]:
        return [_read(record) for (record,) in self._connection.execute(query, values)]


def _read(record: str) -> Json:
    found: dict[str, Any] = json.loads(record)
    return found
