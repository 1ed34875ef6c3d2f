"""What a Grafana keeps: items of some kinds, in one SQLite file.

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
CREATE TABLE items (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, uid TEXT NOT NULL,
  record TEXT NOT NULL, UNIQUE (kind, uid)
);
"""

DASHBOARD: Final = "dashboard"
FOLDER: Final = "folder"
SOURCE: Final = "data source"
ACCOUNT: Final = "service account"
TOKEN: Final = "token"  # noqa: S105 - a kind of item


class GrafanaStore(SqliteFile):
    """The items of a Grafana.

    Args:
        path: The file; made, with its folder, where there is none.

    Raises:
        StoreError: It cannot be used.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, version=_VERSION, schema=_SCHEMA, error=StoreError)

    def all(self, kind: str) -> list[Json]:
        """Return the items of a kind, by id."""
        rows = self._connection.execute(
            "SELECT id, uid, record FROM items WHERE kind=? ORDER BY id", (kind,)
        )
        return [_item(*row) for row in rows]

    def find(self, kind: str, uid: str) -> Json | None:
        """Return an item by its uid; None where there is no such."""
        row = self._connection.execute(
            "SELECT id, uid, record FROM items WHERE kind=? AND uid=?", (kind, uid)
        ).fetchone()
        return None if row is None else _item(*row)

    def add(self, kind: str, uid: str, record: Json) -> Json:
        """Keep a new item; return it with its id and uid."""
        row = self._connection.execute(
            "INSERT INTO items (kind, uid, record) VALUES (?, ?, ?) RETURNING id, uid, record",
            (kind, uid, json.dumps(record)),
        ).fetchone()
        return _item(*row)

    def change(self, identifier: int, record: Json) -> None:
        """Keep an item as it is now."""
        kept = {name: value for name, value in record.items() if name not in {"id", "uid"}}
        self._connection.execute(
            "UPDATE items SET record=?, uid=? WHERE id=?",
            (json.dumps(kept), record["uid"], identifier),
        )

    def drop(self, identifiers: list[int]) -> None:
        """Forget items, all or none."""
        marks = ",".join("?" * len(identifiers))
        self._connection.execute(f"DELETE FROM items WHERE id IN ({marks})", identifiers)  # noqa: S608 - marks alone


def _item(identifier: int, uid: str, record: str) -> Json:
    told: dict[str, Any] = json.loads(record)
    return {"id": identifier, "uid": uid, **told}
