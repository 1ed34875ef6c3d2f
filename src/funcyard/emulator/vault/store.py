"""What vaults keep: an SQLite file in which every value is sealed under a key beside it.

One transaction a change, so a kill leaves the old or the new. Deleted secrets stay until their time
is over; whatever is asked afterwards finds them gone.
"""

from __future__ import annotations

import base64
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from funcyard.atomic import write_atomically
from funcyard.azure.secrets.sealing import KEY_BYTES, BrokenSealError, Seal
from funcyard.emulator import running
from funcyard.emulator.running import PRIVATE
from funcyard.emulator.sqlite import SqliteFile
from funcyard.emulator.vault.records import Kept, Secret, Version
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE secrets (
  vault TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, deleted INTEGER, purged INTEGER,
  PRIMARY KEY (vault, key)
) WITHOUT ROWID;
CREATE TABLE versions (
  number INTEGER PRIMARY KEY AUTOINCREMENT, vault TEXT NOT NULL, key TEXT NOT NULL,
  version TEXT NOT NULL, record TEXT NOT NULL, value BLOB NOT NULL, UNIQUE (vault, key, version)
);
"""
_NEWEST: Final = """
SELECT s.name, s.deleted, s.purged, v.record, s.key FROM secrets s
JOIN versions v ON v.number = (
  SELECT max(number) FROM versions WHERE vault = s.vault AND key = s.key
) WHERE s.vault = ?
"""


class StoreError(FuncyardError):
    """What a location keeps cannot be used."""

    code = "vault-store"


class Store(SqliteFile):
    """Everything that is kept in a location. Used from one thread, held by one process.

    Args:
        location: The folder; made where there is none.
        clock: Returns the time of day in seconds.

    Raises:
        StoreError: It cannot be used, or another process uses it.

    Attributes:
        private: The folder of what is kept, readable by its owner alone.
        seal: Seals what is kept.
    """

    def __init__(self, location: Path, *, clock: Callable[[], float]) -> None:
        self.private = location / PRIVATE
        self._clock = clock
        self._lock = running.occupy(location, StoreError)
        try:
            self.seal = Seal(_key(self.private / "key"))
            super().__init__(
                self.private / "state.sqlite",
                version=_VERSION,
                schema=_SCHEMA,
                error=StoreError,
                erases=True,
            )
        except BaseException:
            self._lock.close()
            raise

    def close(self) -> None:
        """Let go of everything; what was committed is in the file."""
        super().close()
        self._lock.close()

    def now(self) -> int:
        """Return the time of day in whole seconds."""
        return int(self._clock())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything in here is written, or nothing is; whose time is over is gone."""
        with super().transaction():
            self._purge_overdue()
            yield

    def secret(self, vault: str, name: str) -> Secret | None:
        """Return a secret, deleted or not."""
        row = self._connection.execute(f"{_NEWEST} AND s.key = ?", (vault, _folded(name)))
        found = row.fetchone()
        return _secret(found) if found else None

    def secrets(self, vault: str, *, deleted: bool, after: str, limit: int) -> list[Secret]:
        """Return the secrets of a vault by name, from the one after a name on."""
        which = "IS NOT NULL" if deleted else "IS NULL"
        rows = self._connection.execute(
            f"{_NEWEST} AND s.deleted {which} AND s.key > ? ORDER BY s.key LIMIT ?",
            (vault, _folded(after), limit),
        )
        return [_secret(row) for row in rows]

    def versions(
        self, vault: str, name: str, *, after: int, limit: int
    ) -> list[tuple[int, Version]]:
        """Return a secret's versions with their numbers, the oldest first, from one on."""
        rows = self._connection.execute(
            "SELECT number, record FROM versions WHERE vault=? AND key=? AND number > ?"
            " ORDER BY number LIMIT ?",
            (vault, _folded(name), after, limit),
        )
        return [(number, Version.load(record)) for number, record in rows]

    def kept(self, vault: str, name: str, version: str) -> Kept | None:
        """Return a version with its value.

        Raises:
            StoreError: What is kept was changed from outside.
        """
        key = _folded(name)
        row = self._connection.execute(
            "SELECT record, value FROM versions WHERE vault=? AND key=? AND version=?",
            (vault, key, version.lower()),
        ).fetchone()
        if row is None:
            return None
        found = Version.load(row[0])
        try:
            value = self.seal.open(row[1], _place(vault, key, found.name))
        except BrokenSealError:
            raise StoreError(f"the value of {name} was changed from outside") from None
        return Kept(found, value.decode())

    def add(self, vault: str, name: str, versions: Sequence[Kept]) -> None:
        """Keep new versions of a secret, the newest last; a secret that is not there is made."""
        key = _folded(name)
        self._connection.execute(
            "INSERT OR IGNORE INTO secrets (vault, key, name) VALUES (?, ?, ?)", (vault, key, name)
        )
        for one in versions:
            sealed = self.seal.close(one.value.encode(), _place(vault, key, one.version.name))
            self._connection.execute(
                "INSERT INTO versions (vault, key, version, record, value) VALUES (?, ?, ?, ?, ?)",
                (vault, key, one.version.name, one.version.dump(), sealed),
            )

    def replace(self, vault: str, name: str, version: Version) -> None:
        """Keep something else of a version; its value stays."""
        self._connection.execute(
            "UPDATE versions SET record=? WHERE vault=? AND key=? AND version=?",
            (version.dump(), vault, _folded(name), version.name),
        )

    def mark(self, vault: str, name: str, *, deleted: int | None, purged: int | None) -> None:
        """Keep that a secret is deleted, or is no more."""
        self._connection.execute(
            "UPDATE secrets SET deleted=?, purged=? WHERE vault=? AND key=?",
            (deleted, purged, vault, _folded(name)),
        )

    def drop(self, vault: str, name: str) -> None:
        """Forget a secret with all its versions."""
        for table in ("versions", "secrets"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE vault=? AND key=?",  # noqa: S608 - names from above
                (vault, _folded(name)),
            )

    def _purge_overdue(self) -> None:
        overdue = self._connection.execute(
            "SELECT vault, name FROM secrets WHERE purged <= ?", (self.now(),)
        ).fetchall()
        for vault, name in overdue:
            self.drop(vault, name)


def _secret(row: tuple[str, int | None, int | None, str, str]) -> Secret:
    return Secret(row[0], Version.load(row[3]), row[1], row[2])


def _folded(name: str) -> str:
    return name.lower()


def _place(vault: str, key: str, version: str) -> str:
    return f"{vault}/{key}/{version}"


def _key(path: Path) -> bytes:
    """Return the key of a location; one is made where there is none."""
    try:
        if not path.exists():
            made = base64.b64encode(os.urandom(KEY_BYTES)).decode()
            write_atomically(path, made, mode=0o600)
        key = base64.b64decode(path.read_bytes(), validate=True)
    except OSError as fault:
        raise StoreError(f"{path}: can be neither read nor written: {fault}") from fault
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreError(f"{path}: is no key", hint="put back the key that was there")
    return key
