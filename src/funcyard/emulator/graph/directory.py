"""What the local tenant knows: applications, service principals, and what was deleted of them.

One SQLite file; of a password it holds a digest. Used from one thread.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.store import StoreError
from funcyard.emulator.sqlite import SqliteFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Json = dict[str, Any]

APPLICATION: Final = "application"
SERVICE_PRINCIPAL: Final = "servicePrincipal"
DELETED: Final = "deleted"

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE objects (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX objects_by_kind ON objects (kind);
CREATE TABLE passwords (
  key TEXT PRIMARY KEY, app TEXT NOT NULL, digest TEXT NOT NULL, starts REAL NOT NULL,
  ends REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX passwords_by_app ON passwords (app);
"""


class Directory(SqliteFile):
    """The objects of a tenant.

    Args:
        folder: Where it is kept.
        clock: Returns the time of day in seconds.

    Raises:
        StoreError: It cannot be used.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float]) -> None:
        super().__init__(
            folder / "directory.sqlite", version=_VERSION, schema=_SCHEMA, error=StoreError
        )
        self.clock = clock

    def all(self, kind: str) -> list[Json]:
        """Return the objects of a kind, the eldest first."""
        rows = self._connection.execute("SELECT record FROM objects WHERE kind=?", (kind,))
        found: list[Json] = [json.loads(record) for (record,) in rows]
        return sorted(found, key=lambda one: (one["createdDateTime"], one["id"]))

    def find(self, kind: str, key: str, value: str) -> Json | None:
        """Return the object of a kind that has a value; None where none has.

        Args:
            kind: Of what.
            key: ``id``, ``appId`` or ``uniqueName``.
            value: Ids in any case.
        """
        wanted = value if key == "uniqueName" else value.lower()
        return next((one for one in self.all(kind) if one.get(key) == wanted), None)

    def save(self, kind: str, record: Json) -> None:
        """Keep an object."""
        self._connection.execute(
            "INSERT INTO objects VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET kind=excluded.kind, record=excluded.record",
            (record["id"], kind, json.dumps(record)),
        )

    def drop(self, identifier: str) -> None:
        """Forget an object."""
        self._connection.execute("DELETE FROM objects WHERE id=?", (identifier,))

    def add_password(self, key: str, app_id: str, secret: str, starts: float, ends: float) -> None:
        """Let an application sign in by a password, from one time of day to another."""
        self._connection.execute(
            "INSERT INTO passwords VALUES (?, ?, ?, ?, ?)",
            (key, app_id, _digest(secret), starts, ends),
        )

    def remove_password(self, key: str) -> None:
        """Let nobody sign in by a password any more."""
        self._connection.execute("DELETE FROM passwords WHERE key=?", (key,))

    def proves(self, app_id: str, secret: str) -> bool:
        """Whether a password is one of an application's, and counts now."""
        now = self.clock()
        rows = self._connection.execute(
            "SELECT digest FROM passwords WHERE app=? AND starts<=? AND ends>?",
            (app_id.lower(), now, now),
        )
        given = _digest(secret)
        return any(hmac.compare_digest(given, digest) for (digest,) in rows)

    def knows(self, app_id: str) -> bool:
        """Whether there is an application of that client id."""
        return self.find(APPLICATION, "appId", app_id) is not None

    def principal_of(self, app_id: str) -> str | None:
        """Return the object id of an application's service principal that may sign in."""
        found = self.find(SERVICE_PRINCIPAL, "appId", app_id)
        return found["id"] if found is not None and found["accountEnabled"] else None

    def principals(self) -> list[str]:
        """Return the object ids of the service principals."""
        return [one["id"] for one in self.all(SERVICE_PRINCIPAL)]


def _digest(secret: str) -> str:
    """Return what is kept of a password; it is random, so nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
