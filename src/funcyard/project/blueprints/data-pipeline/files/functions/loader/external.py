"""The external system: a SQLite database that stands for it.

Replace this module to load into your own. What the pipeline asks of it: the same chunk loaded again
changes nothing, and a new version of a file replaces the old one in one step, when its last chunk
has come.

| table or view | holds |
|---|---|
| ``loaded_rows`` | rows, keyed by file, version, chunk and row; ``data`` is JSON |
| ``loads`` | the chunks that have come, with the announcement that brought each last |
| ``files`` | the version of each file that is published: the latest that came whole |
| ``current_rows`` | the rows of published versions: what a reader should read |
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data_utils import settings
from data_utils.batch import Batch
from data_utils.chunk import Chunk
from data_utils.errors import SettingError

_WAIT_FOR_LOCK = 30

_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS loaded_rows (
    file TEXT NOT NULL, version TEXT NOT NULL, chunk INTEGER NOT NULL, row INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (file, version, chunk, row)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS loads (
    file TEXT NOT NULL, version TEXT NOT NULL, chunk INTEGER NOT NULL,
    rows INTEGER NOT NULL, generation TEXT NOT NULL, job TEXT NOT NULL, loaded_at TEXT NOT NULL,
    PRIMARY KEY (file, version, chunk)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    file TEXT NOT NULL PRIMARY KEY, version TEXT NOT NULL, generation TEXT NOT NULL,
    published_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS current_rows AS
    SELECT file, chunk, row, data FROM files JOIN loaded_rows USING (file, version);
PRAGMA user_version = 1;
COMMIT;
"""


@dataclass(frozen=True)
class Outcome:
    """What loading a chunk changed.

    Attributes:
        superseded: A later version of the file is published; nothing was loaded.
        rows_new: Rows that were not there.
        rows_changed: Rows that were there with other data.
        rows_unchanged: Rows that were there already.
        completed: Every chunk of this version has now come with the same announcement.
        file_rows: Rows of this version that have come so far.
    """

    superseded: bool = False
    rows_new: int = 0
    rows_changed: int = 0
    rows_unchanged: int = 0
    completed: bool = False
    file_rows: int = 0

    def counts(self) -> dict[str, int | str]:
        """Return the counts of rows by what became of them."""
        return {
            "rows_new": self.rows_new,
            "rows_changed": self.rows_changed,
            "rows_unchanged": self.rows_unchanged,
        }


def database() -> Path:
    """Return the path of the database: ``EXTERNAL_DATABASE``, in development with a default.

    Raises:
        SettingError: Another environment than development needs the setting.
    """
    if given := os.environ.get("EXTERNAL_DATABASE", "").strip():
        return Path(given).expanduser()
    if (environment := settings.environment()) != "development":
        raise SettingError(f"the setting EXTERNAL_DATABASE is missing, in {environment}")
    app = Path(__file__).resolve().parent
    project = app.parents[1] if app.parent.name == "functions" else app
    return project / ".data" / "external.db"


@contextmanager
def connect(path: Path) -> Iterator["External"]:
    """Open the database for one call; make it when it is not there yet."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=_WAIT_FOR_LOCK, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            connection.executescript(_SCHEMA)
        yield External(connection)


class External:
    """An open connection to the external system."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._database = connection

    def load(self, batch: Batch) -> Outcome:
        """Load a chunk, in one transaction."""
        chunk = batch.chunk
        with self._transaction("IMMEDIATE"):
            if self._is_superseded(chunk):
                return Outcome(superseded=True)
            new, changed = self._write_rows(batch)
            self._write_load(chunk)
            of_version = self._database.execute(
                "SELECT count(*), sum(rows), sum(job = ?) FROM loads"
                " WHERE file = ? AND version = ?",
                (chunk.job, chunk.file, chunk.version),
            ).fetchone()
            if of_version[0] == chunk.chunks:
                self._publish(chunk)
        return Outcome(
            rows_new=new,
            rows_changed=changed,
            rows_unchanged=chunk.rows - new - changed,
            completed=of_version[2] == chunk.chunks,
            file_rows=of_version[1],
        )

    def published(self, file: str) -> dict[str, Any] | None:
        """Return the published version of a file, counted row by row, or None."""
        with self._transaction("DEFERRED"):
            version = self._database.execute(
                "SELECT version, published_at FROM files WHERE file = ?", (file,)
            ).fetchone()
            counted = self._database.execute(
                "SELECT chunk, count(*), count(DISTINCT row), min(row), max(row)"
                " FROM current_rows WHERE file = ? GROUP BY chunk ORDER BY chunk",
                (file,),
            ).fetchall()
            distinct = self._database.execute(
                "SELECT count(DISTINCT row) FROM current_rows WHERE file = ?", (file,)
            ).fetchone()
        if version is None:
            return None
        keys = ("chunk", "rows", "distinct_rows", "first_row", "last_row")
        return {
            "filename": file,
            "version": version[0],
            "published_at": version[1],
            "rows": sum(row[1] for row in counted),
            "distinct_rows": distinct[0],
            "chunks": [dict(zip(keys, row, strict=True)) for row in counted],
        }

    def _is_superseded(self, chunk: Chunk) -> bool:
        later = self._database.execute(
            "SELECT 1 FROM files WHERE file = ? AND version <> ? AND generation > ?",
            (chunk.file, chunk.version, chunk.generation),
        )
        return later.fetchone() is not None

    def _write_rows(self, batch: Batch) -> tuple[int, int]:
        chunk = batch.chunk
        key = (chunk.file, chunk.version, chunk.number)
        before = dict(
            self._database.execute(
                "SELECT row, data FROM loaded_rows WHERE file = ? AND version = ? AND chunk = ?",
                key,
            )
        )
        after = {
            number: json.dumps(dict(zip(batch.header, row, strict=True)), ensure_ascii=False)
            for number, row in enumerate(batch.rows, start=chunk.first_row)
        }
        different = {number: data for number, data in after.items() if before.get(number) != data}
        self._database.executemany(
            "INSERT INTO loaded_rows (file, version, chunk, row, data) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET data = excluded.data",
            ((*key, number, data) for number, data in different.items()),
        )
        changed = len(different.keys() & before.keys())
        return len(different) - changed, changed

    def _write_load(self, chunk: Chunk) -> None:
        self._database.execute(
            "INSERT INTO loads (file, version, chunk, rows, generation, job, loaded_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " generation = max(generation, excluded.generation),"
            " job = excluded.job, loaded_at = excluded.loaded_at",
            (
                chunk.file,
                chunk.version,
                chunk.number,
                chunk.rows,
                chunk.generation,
                chunk.job,
                _now(),
            ),
        )

    def _publish(self, chunk: Chunk) -> None:
        """Make the version the file's published one and forget those before it."""
        key = {"file": chunk.file, "version": chunk.version, "now": _now()}
        self._database.execute(
            "INSERT INTO files (file, version, generation, published_at)"
            " SELECT file, version, max(generation), :now FROM loads"
            " WHERE file = :file AND version = :version"
            " ON CONFLICT DO UPDATE SET version = excluded.version,"
            " generation = excluded.generation, published_at = excluded.published_at",
            key,
        )
        earlier = self._database.execute(
            "SELECT file, version FROM loads WHERE file = :file AND version <> :version"
            " GROUP BY version HAVING max(generation) <="
            " (SELECT generation FROM files WHERE file = :file)",
            key,
        ).fetchall()
        forget_rows = "DELETE FROM loaded_rows WHERE file = ? AND version = ?"
        self._database.executemany(forget_rows, earlier)
        self._database.executemany("DELETE FROM loads WHERE file = ? AND version = ?", earlier)

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[None]:
        self._database.execute(f"BEGIN {kind}")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
