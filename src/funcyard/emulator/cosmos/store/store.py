"""What an account holds, in one SQLite file.

Each change is one transaction, so a kill leaves the old or the new. Used from one thread, in one
process: that which holds the location.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.store import StoreError
from funcyard.emulator.cosmos.store.records import Container, Database, Item, Throughput
from funcyard.emulator.sqlite import SqliteFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.emulator.core.records import Json

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE databases (
  id TEXT PRIMARY KEY, rid TEXT NOT NULL, etag TEXT NOT NULL, changed INTEGER NOT NULL,
  throughput TEXT
) WITHOUT ROWID;
CREATE TABLE containers (
  database TEXT NOT NULL, id TEXT NOT NULL, rid TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
  etag TEXT NOT NULL, changed INTEGER NOT NULL, throughput TEXT, PRIMARY KEY (database, id)
) WITHOUT ROWID;
CREATE TABLE sequences (container TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE items (
  container TEXT NOT NULL, number INTEGER NOT NULL, partition TEXT NOT NULL, id TEXT NOT NULL,
  rid TEXT NOT NULL, change INTEGER NOT NULL, body TEXT NOT NULL, etag TEXT NOT NULL,
  changed INTEGER NOT NULL, expires REAL, PRIMARY KEY (container, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX items_by_id ON items (container, partition, id);
CREATE UNIQUE INDEX items_by_change ON items (container, change);
CREATE INDEX items_by_partition ON items (container, partition, number);
CREATE INDEX items_by_end ON items (expires) WHERE expires IS NOT NULL;
CREATE TABLE uniques (
  container TEXT NOT NULL, partition TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (container, partition, key)
) WITHOUT ROWID;
CREATE INDEX uniques_by_item ON uniques (container, number);
"""
_ITEM: Final = "number, partition, rid, change, body, etag, changed, expires"
_BATCH: Final = 200


class NotUniqueError(Exception):
    """Another item of the partition has the values that are no two items'."""


class Store(SqliteFile):
    """What an account holds.

    Args:
        folder: Of the file; made where there is none.

    Raises:
        StoreError: It cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "data.sqlite", version=_VERSION, schema=_SCHEMA, error=StoreError)

    def databases(self) -> list[Database]:
        """Return all databases, by name."""
        rows = self._connection.execute("SELECT * FROM databases ORDER BY id")
        return [_database(row) for row in rows]

    def database(self, name: str) -> Database | None:
        """Return a database; None where it is not there."""
        row = self._connection.execute("SELECT * FROM databases WHERE id=?", (name,)).fetchone()
        return None if row is None else _database(row)

    def save_database(self, one: Database) -> None:
        """Keep a database."""
        self._connection.execute(
            "INSERT OR REPLACE INTO databases VALUES (?, ?, ?, ?, ?)",
            (one.id, one.rid, one.etag, one.changed, _written(one.throughput)),
        )

    def drop_database(self, one: Database) -> None:
        """Forget a database and all that is in it."""
        for container in self.containers(one):
            self.drop_container(container)
        self._connection.execute("DELETE FROM databases WHERE id=?", (one.id,))

    def containers(self, database: Database) -> list[Container]:
        """Return all containers of a database, by name."""
        rows = self._connection.execute(
            "SELECT * FROM containers WHERE database=? ORDER BY id", (database.id,)
        )
        return [_container(database, row) for row in rows]

    def container(self, database: Database, name: str) -> Container | None:
        """Return a container; None where it is not there."""
        row = self._connection.execute(
            "SELECT * FROM containers WHERE database=? AND id=?", (database.id, name)
        ).fetchone()
        return None if row is None else _container(database, row)

    def save_container(self, one: Container) -> None:
        """Keep a container."""
        self._connection.execute(
            "INSERT OR REPLACE INTO containers VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(one.database.id, one.id, one.rid, json.dumps(one.body), one.etag, one.changed),
                _written(one.throughput),
            ),
        )

    def drop_container(self, one: Container) -> None:
        """Forget a container and all that is in it."""
        for table in ("items", "uniques", "sequences"):
            self._connection.execute(f"DELETE FROM {table} WHERE container=?", (one.rid,))  # noqa: S608 - its own names
        self._connection.execute(
            "DELETE FROM containers WHERE database=? AND id=?", (one.database.id, one.id)
        )

    def last(self, container: Container) -> int:
        """Return the number of the last change of a container's items."""
        row = self._connection.execute(
            "SELECT last FROM sequences WHERE container=?", (container.rid,)
        ).fetchone()
        return int(row[0]) if row else 0

    def next(self, container: Container) -> int:
        """Return the number of the change that is about to be made."""
        (last,) = self._connection.execute(
            "INSERT INTO sequences VALUES (?, 1)"
            " ON CONFLICT (container) DO UPDATE SET last=last+1 RETURNING last",
            (container.rid,),
        ).fetchone()
        return int(last)

    def item(self, container: Container, partition: str, name: str) -> Item | None:
        """Return an item; None where it is not there."""
        row = self._connection.execute(
            f"SELECT {_ITEM} FROM items WHERE container=? AND partition=? AND id=?",  # noqa: S608 - its own names
            (container.rid, partition, name),
        ).fetchone()
        return None if row is None else _item(container, row)

    def numbered(self, container: Container, number: int) -> Item | None:
        """Return the item of a number; None where it is not there."""
        row = self._connection.execute(
            f"SELECT {_ITEM} FROM items WHERE container=? AND number=?",  # noqa: S608 - its own names
            (container.rid, number),
        ).fetchone()
        return None if row is None else _item(container, row)

    def save_item(self, one: Item, uniques: list[str]) -> None:
        """Keep an item, with the values that are no two items' of its partition.

        Raises:
            NotUniqueError: They are another's.
        """
        rid = one.container.rid
        self._connection.execute(
            "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(rid, one.number, one.partition, one.id, one.rid, one.change),
                *(json.dumps(one.body), one.etag, one.changed, one.expires),
            ),
        )
        self._connection.execute(
            "DELETE FROM uniques WHERE container=? AND number=?", (rid, one.number)
        )
        rows = [(rid, one.partition, key, one.number) for key in uniques]
        try:
            self._connection.executemany("INSERT INTO uniques VALUES (?, ?, ?, ?)", rows)
        except sqlite3.IntegrityError:
            raise NotUniqueError from None

    def drop_item(self, one: Item) -> None:
        """Forget an item."""
        self._drop(one.container.rid, one.number)

    def items(self, container: Container, partition: str | None, after: int) -> Iterator[Item]:
        """Yield the items of a container, or of one of its partitions, by number.

        Args:
            container: Which.
            partition: Of all of them where it is None.
            after: The number behind which to begin.
        """
        return self._by("number", container, partition, after)

    def changes(self, container: Container, partition: str | None, after: int) -> Iterator[Item]:
        """Yield the same by their last changes, those behind a change."""
        return self._by("change", container, partition, after)

    def _by(
        self, order: str, container: Container, partition: str | None, after: int
    ) -> Iterator[Item]:
        where, given = "container=?", [container.rid]
        if partition is not None:
            where, given = f"{where} AND partition=?", [*given, partition]
        query = f"SELECT {_ITEM} FROM items WHERE {where} AND {order}>? ORDER BY {order} LIMIT ?"  # noqa: S608 - its own names
        while True:
            rows = self._connection.execute(query, (*given, after, _BATCH)).fetchall()
            found = [_item(container, row) for row in rows]
            yield from found
            if len(found) < _BATCH:
                return
            after = getattr(found[-1], order)

    def count(self, container: Container) -> tuple[int, int]:
        """Return how many items a container holds, and how many bytes they have."""
        row = self._connection.execute(
            "SELECT count(*), coalesce(sum(length(body)), 0) FROM items WHERE container=?",
            (container.rid,),
        ).fetchone()
        return int(row[0]), int(row[1])

    def statistics(self, container: Container) -> list[Json]:
        """Return what is told of how much a container holds."""
        count, size = self.count(container)
        told = {"id": "0", "sizeInKB": size // 1024, "documentCount": count}
        return [{**told, "sampledDistinctPartitionKeyCount": 0, "partitionKeys": []}]

    def set_end(self, item: Item, expires: float | None) -> None:
        """Let an item end at another time."""
        self._connection.execute(
            "UPDATE items SET expires=? WHERE container=? AND number=?",
            (expires, item.container.rid, item.number),
        )

    def expire(self, now: float) -> None:
        """Forget the items whose time is over."""
        rows = self._connection.execute(
            "SELECT container, number FROM items WHERE expires<=?", (now,)
        ).fetchall()
        if rows:
            with self.transaction():
                for container, number in rows:
                    self._drop(container, number)

    def _drop(self, container: str, number: int) -> None:
        for table in ("items", "uniques"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE container=? AND number=?",  # noqa: S608 - its own names
                (container, number),
            )


def _written(throughput: Throughput | None) -> str | None:
    if throughput is None:
        return None
    return json.dumps(asdict(throughput))


def _throughput(text: str | None) -> Throughput | None:
    return None if text is None else Throughput(**json.loads(text))


def _database(row: tuple[Any, ...]) -> Database:
    name, rid, etag, changed, throughput = row
    return Database(
        id=name, rid=rid, etag=etag, changed=changed, throughput=_throughput(throughput)
    )


def _container(database: Database, row: tuple[Any, ...]) -> Container:
    _, name, rid, body, etag, changed, throughput = row
    return Container(
        database=database,
        id=name,
        rid=rid,
        body=json.loads(body),
        etag=etag,
        changed=changed,
        throughput=_throughput(throughput),
    )


def _item(container: Container, row: tuple[Any, ...]) -> Item:
    number, partition, rid, change, body, etag, changed, expires = row
    read: Json = json.loads(body)
    return Item(
        container=container,
        partition=partition,
        number=number,
        rid=rid,
        change=change,
        body=read,
        etag=etag,
        changed=changed,
        expires=expires,
    )
