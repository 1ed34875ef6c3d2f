"""What the local Azure keeps in SQLite: a file opened, changed in transactions, and let go of.

Write-ahead log with ``synchronous=NORMAL``: what was committed outlives the process, however it
ends; a loss of power may cost the last changes, never the whole.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.errors import FuncyardError


class SqliteFile:
    """A file with tables, for stores to build on. Used from one thread.

    Args:
        path: The file; made where there is none, with its folder, which is its owner's alone.
        version: Of the tables; a file says by which it was written.
        schema: The statements that make them.
        error: What a file that cannot be used is told by.
        erases: Whether what is deleted is overwritten, at the cost of writing more: for secrets,
            of which nothing may be left in the file.

    Raises:
        FuncyardError: The file cannot be opened, or was written by a later Funcyard; an ``error``.
    """

    def __init__(
        self,
        path: Path,
        *,
        version: int,
        schema: str,
        error: type[FuncyardError],
        erases: bool = False,
    ) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = sqlite3.connect(path, isolation_level=None)
        except (OSError, sqlite3.Error) as fault:
            raise error(f"{path}: cannot be opened: {fault}") from fault
        try:
            self._prepare(path, version, schema, error, erases=erases)
        except sqlite3.Error as fault:
            self._connection.close()
            raise error(f"{path}: cannot be opened: {fault}") from fault
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file; what was committed is in it."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything in here is written, or nothing is; there is none inside of another."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite ends it itself where a disk is full
                self._connection.execute("ROLLBACK")
            raise

    def _prepare(
        self, path: Path, version: int, schema: str, error: type[FuncyardError], *, erases: bool
    ) -> None:
        run = self._connection.execute
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=NORMAL")
        if erases:
            run("PRAGMA secure_delete=ON")
        (found,) = run("PRAGMA user_version").fetchone()
        if found == 0:
            self._connection.executescript(f"BEGIN;{schema}PRAGMA user_version={version};COMMIT;")
        elif found > version:
            raise error(
                f"{path}: was written by a later Funcyard",
                hint="update Funcyard, or move the folder",
            )
