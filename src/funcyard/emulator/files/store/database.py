"""The database beside the files: shares, properties, security descriptors, the step under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.files.store.records import Entry, Share
from funcyard.emulator.sqlite import SqliteFile
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = 1
_SCHEMA = """
CREATE TABLE services (account TEXT PRIMARY KEY, properties TEXT NOT NULL);
CREATE TABLE shares (
  number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, name TEXT NOT NULL,
  snapshot TEXT NOT NULL, record TEXT NOT NULL, UNIQUE (account, name, snapshot)
);
CREATE TABLE entries (
  share INTEGER NOT NULL, parent TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (share, parent, name)
) WITHOUT ROWID;
CREATE TABLE permissions (
  share INTEGER NOT NULL, key TEXT NOT NULL, descriptor TEXT NOT NULL, PRIMARY KEY (share, key)
) WITHOUT ROWID;
CREATE TABLE steps (number INTEGER PRIMARY KEY, step TEXT NOT NULL);
"""
Folded = tuple[str, ...]
"""Folded components of a path in a share."""


class StoreError(FuncyardError):
    """The store cannot be used."""

    code = "files-store"


class Database(SqliteFile):
    """The tables, by what they mean. Used from one thread.

    Args:
        path: Of the file; made where there is none.

    Raises:
        StoreError: It cannot be opened, or was written by a later Funcyard.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, version=_VERSION, schema=_SCHEMA, error=StoreError)

    # Accounts

    def service_properties(self, account: str) -> str | None:
        """Return the properties of an account's service, None where none were set."""
        found = self._connection.execute(
            "SELECT properties FROM services WHERE account=?", (account,)
        ).fetchone()
        return str(found[0]) if found else None

    def set_service_properties(self, account: str, properties: str) -> None:
        """Keep the properties of an account's service."""
        self._connection.execute(
            "INSERT OR REPLACE INTO services VALUES (?, ?)", (account, properties)
        )

    # Shares

    def share(self, account: str, name: str, snapshot: str = "") -> Share | None:
        """Return what is written down of a share or snapshot."""
        found = self._connection.execute(
            "SELECT record, number FROM shares WHERE account=? AND name=? AND snapshot=?",
            (account, name, snapshot),
        ).fetchone()
        return Share.load(*found) if found else None

    def shares(self, account: str) -> list[Share]:
        """Return what is written down of an account's shares and snapshots, by name and time."""
        rows = self._connection.execute(
            "SELECT record, number FROM shares WHERE account=? ORDER BY name, snapshot", (account,)
        )
        return [Share.load(*row) for row in rows]

    def latest_snapshot(self, account: str, name: str) -> str:
        """Return the time of a share's latest snapshot, empty where it has none."""
        (found,) = self._connection.execute(
            "SELECT max(snapshot) FROM shares WHERE account=? AND name=?", (account, name)
        ).fetchone()
        return str(found or "")

    def put_share(self, share: Share) -> Share:
        """Write a share down; a new one is given its number."""
        if share.number:
            self._connection.execute(
                "UPDATE shares SET record=? WHERE number=?", (share.dump(), share.number)
            )
        else:
            done = self._connection.execute(
                "INSERT INTO shares (account, name, snapshot, record) VALUES (?, ?, ?, ?)",
                (share.account, share.name, share.snapshot, share.dump()),
            )
            share.number = done.lastrowid or 0
        return share

    def drop_share(self, number: int) -> None:
        """Forget a share or snapshot with everything in it."""
        for table, column in (("entries", "share"), ("permissions", "share"), ("shares", "number")):
            self._connection.execute(f"DELETE FROM {table} WHERE {column}=?", (number,))  # noqa: S608 - names from above

    def copy_share(self, source: int, target: int) -> None:
        """Write down for one share everything that is known of what is in another."""
        for table, columns in (
            ("entries", "parent, name, record"),
            ("permissions", "key, descriptor"),
        ):
            self._connection.execute(
                f"INSERT INTO {table} SELECT ?, {columns} FROM {table} WHERE share=?",  # noqa: S608 - names from above
                (target, source),
            )

    # Files and directories

    def entry(self, share: int, path: Folded) -> Entry | None:
        """Return what is written down of a file or directory."""
        found = self._connection.execute(
            "SELECT record FROM entries WHERE share=? AND parent=? AND name=?",
            (share, *_key(path)),
        ).fetchone()
        return Entry.load(found[0]) if found else None

    def entries(self, share: int, parent: Folded) -> dict[str, Entry]:
        """Return what is written down of everything in a directory, by folded name."""
        rows = self._connection.execute(
            "SELECT name, record FROM entries WHERE share=? AND parent=?", (share, "/".join(parent))
        )
        return {name: Entry.load(record) for name, record in rows if name}

    def all_entries(self, share: int) -> list[tuple[Folded, Entry]]:
        """Return what is written down of everything in a share, with its path."""
        rows = self._connection.execute(
            "SELECT parent, name, record FROM entries WHERE share=?", (share,)
        )
        return [
            (tuple(filter(None, [*parent.split("/"), name])), Entry.load(record))
            for parent, name, record in rows
        ]

    def put_entry(self, share: int, path: Folded, entry: Entry) -> None:
        """Write a file or directory down."""
        self._connection.execute(
            "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)",
            (share, *_key(path), entry.dump()),
        )

    def drop_entry(self, share: int, path: Folded) -> None:
        """Forget a file or directory, and everything below it."""
        self._connection.execute(
            "DELETE FROM entries WHERE share=? AND parent=? AND name=?", (share, *_key(path))
        )
        folder = "/".join(path)
        self._connection.execute(
            "DELETE FROM entries WHERE share=? AND (parent=? OR (parent>? AND parent<?))",
            (share, folder, *_below(folder)),
        )

    def move_entry(self, share: int, source: Folded, target: Folded) -> None:
        """Write everything known of one path, and of what is below it, down for another."""
        old, new = "/".join(source), "/".join(target)
        self._connection.execute(
            "UPDATE entries SET parent=?, name=? WHERE share=? AND parent=? AND name=?",
            (*_key(target), share, *_key(source)),
        )
        self._connection.execute(
            "UPDATE entries SET parent=? || substr(parent, ?) WHERE share=? AND"
            " (parent=? OR (parent>? AND parent<?))",
            (new, len(old) + 1, share, old, *_below(old)),
        )

    # Security descriptors

    def permission(self, share: int, key: str) -> str | None:
        """Return a security descriptor by its key."""
        found = self._connection.execute(
            "SELECT descriptor FROM permissions WHERE share=? AND key=?", (share, key)
        ).fetchone()
        return str(found[0]) if found else None

    def put_permission(self, share: int, key: str, descriptor: str) -> None:
        """Keep a security descriptor under its key."""
        self._connection.execute(
            "INSERT OR IGNORE INTO permissions VALUES (?, ?, ?)", (share, key, descriptor)
        )

    # The step under way

    def begin_step(self, step: str) -> None:
        """Write down what is about to be done to the files."""
        self._connection.execute("INSERT INTO steps (step) VALUES (?)", (step,))

    def end_steps(self) -> None:
        """Forget what was done."""
        self._connection.execute("DELETE FROM steps")

    def steps(self) -> list[str]:
        """Return what was begun and is not known to be done, the oldest first."""
        return [
            step for (step,) in self._connection.execute("SELECT step FROM steps ORDER BY number")
        ]


def _key(path: Folded) -> tuple[str, str]:
    """Return parent and name; the root of a share has neither."""
    return ("/".join(path[:-1]), path[-1]) if path else ("", "")


def _below(folder: str) -> tuple[str, str]:
    """Return what every path below a folder lies between; a zero is what follows a slash."""
    return f"{folder}/", f"{folder}0"
