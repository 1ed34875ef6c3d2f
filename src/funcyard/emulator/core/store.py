"""What the local Azure keeps: resources, operations and settings, in one SQLite file.

Each change is one transaction, so a kill leaves the old or the new. Used from one thread, held by
one process; the folder is its owner's alone, for keys of resources are in it.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from funcyard.atomic import write_atomically
from funcyard.emulator import running
from funcyard.emulator.core.records import RUNNING, Kept, Operation
from funcyard.emulator.running import PRIVATE
from funcyard.emulator.sqlite import SqliteFile
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_VERSION: Final = 1
_KEY_BYTES: Final = 32
_SCHEMA: Final = """
CREATE TABLE resources (
  key TEXT PRIMARY KEY, type TEXT NOT NULL, record TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE operations (
  id TEXT PRIMARY KEY, result TEXT NOT NULL, status TEXT NOT NULL, state TEXT NOT NULL,
  record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX operations_by_state ON operations (state);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


_INDEXES: Final = """
CREATE INDEX IF NOT EXISTS operations_by_result ON operations (result);
CREATE INDEX IF NOT EXISTS operations_by_status ON operations (status);
CREATE INDEX IF NOT EXISTS operations_by_end ON operations (json_extract(record, '$.ended'));
CREATE INDEX IF NOT EXISTS resources_by_type ON resources (type);
"""


class StoreError(FuncyardError):
    """What a location keeps cannot be used."""

    code = "azure-store"


class Store(SqliteFile):
    """Everything that is kept in a location.

    Args:
        location: The folder; made where there is none.

    Raises:
        StoreError: It cannot be used, or another process uses it.

    Attributes:
        location: The folder.
        private: The folder of what is kept, its owner's alone.
        key: Signs what this location hands out.
    """

    def __init__(self, location: Path) -> None:
        self.location = location
        self.private = location / PRIVATE
        self._lock = running.occupy(location, StoreError)
        try:
            self.key = key_of(location)
            super().__init__(
                self.private / "state.sqlite", version=_VERSION, schema=_SCHEMA, error=StoreError
            )
            self._connection.executescript(_INDEXES)  # which earlier versions had not
        except BaseException:
            self._lock.close()
            raise

    def close(self) -> None:
        """Let go of everything; what was committed is in the file."""
        super().close()
        self._lock.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything in here is written, or nothing is; one may be inside of another.

        For each change is one, and what several of them make up is, too.
        """
        if self._connection.in_transaction:
            yield
            return
        with super().transaction():
            yield

    def find(self, key: str) -> Kept | None:
        """Return a resource by its id, in any case."""
        row = self._connection.execute(
            "SELECT record FROM resources WHERE key=?", (key.lower(),)
        ).fetchone()
        return Kept(**json.loads(row[0])) if row else None

    def below(self, key: str) -> list[Kept]:
        """Return everything whose id begins with another, by id."""
        rows = self._connection.execute(
            "SELECT record FROM resources WHERE key>? AND key<? ORDER BY key", _below(key)
        )
        return [Kept(**json.loads(record)) for (record,) in rows]

    def of_type(self, kind: str) -> list[Kept]:
        """Return all resources of a type, by id."""
        rows = self._connection.execute(
            "SELECT record FROM resources WHERE type=? ORDER BY key", (kind.lower(),)
        )
        return [Kept(**json.loads(record)) for (record,) in rows]

    def save(self, kept: Kept) -> None:
        """Keep a resource."""
        with self.transaction():
            self._connection.execute(
                "INSERT INTO resources VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET type=excluded.type, record=excluded.record",
                (kept.key, kept.type.lower(), json.dumps(asdict(kept))),
            )

    def drop(self, key: str) -> None:
        """Forget a resource, and what is part of it or hangs on it."""
        with self.transaction():
            self._connection.execute(
                "DELETE FROM resources WHERE key=? OR (key>? AND key<?)",
                (key.lower(), *_below(key)),
            )

    def operation(self, path: str) -> Operation | None:
        """Return the operation that an address asks about."""
        row = self._connection.execute(
            "SELECT record FROM operations WHERE result=? OR status=?", (path.lower(),) * 2
        ).fetchone()
        return Operation(**json.loads(row[0])) if row else None

    def running(self) -> list[Operation]:
        """Return the operations that go on."""
        rows = self._connection.execute("SELECT record FROM operations WHERE state=?", (RUNNING,))
        return [Operation(**json.loads(record)) for (record,) in rows]

    def save_operation(self, one: Operation) -> None:
        """Keep an operation."""
        asked = (one.result_path, one.status_path)
        paths = tuple(path.partition("?")[0].lower() for path in asked)
        with self.transaction():
            self._connection.execute(
                "INSERT INTO operations VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET state=excluded.state, record=excluded.record",
                (one.id, *paths, one.state, json.dumps(asdict(one))),
            )

    def forget_operations(self, *, before: str) -> None:
        """Forget the operations that ended before a time, as Azure writes times."""
        with self.transaction():
            self._connection.execute(
                "DELETE FROM operations WHERE json_extract(record, '$.ended') < ?", (before,)
            )

    def setting(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """Return what was kept under a name; None where nothing was."""
        row = self._connection.execute(
            "SELECT value FROM settings WHERE name=?", (name,)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def settle(self, name: str, value: object) -> None:
        """Keep something under a name."""
        with self.transaction():
            self._connection.execute(
                "INSERT INTO settings VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value=excluded.value",
                (name, json.dumps(value)),
            )


def _below(key: str) -> tuple[str, str]:
    """Return between which keys those lie that begin with another and a slash."""
    return f"{key.lower()}/", f"{key.lower()}{chr(ord('/') + 1)}"


def key_of(location: Path) -> bytes:
    """Return the key of a location; one is made where there is none.

    Raises:
        StoreError: It cannot be read.
    """
    path = location / PRIVATE / "key"
    try:
        if not path.exists():
            write_atomically(path, os.urandom(_KEY_BYTES).hex(), mode=0o600)
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except OSError as fault:
        raise StoreError(f"{path}: can be neither read nor written: {fault}") from fault
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise StoreError(f"{path}: is no key", hint="put back the key that was there")
    return key
