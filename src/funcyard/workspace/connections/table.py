"""The table of connections: one row a scope, changed under its ETag.

Beside it lie rows that tell, for a repository, in which scopes it is connected. They are hints:
made before a connection counts, removed before it is, and whoever follows one looks at it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import FuncyardError, UserError
from funcyard.workspace.connections import rows
from funcyard.workspace.scopes import Scope
from funcyard.workspace.table import RowConflictError, Table, etag_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from azure.data.tables.aio import TableServiceClient

    from funcyard.workspace.connections.model import Connection

TABLE: Final = "GitHubConnections"
_TRIES: Final = 10
_REFERENCES: Final = ("WebhookSecretRef", "WebhookPreviousSecretRef", "PersonalAccessTokenRef")


class ConnectionExistsError(UserError):
    """The scope is connected already; it has one connection at most."""

    code = "github-connection-exists"

    def __init__(self, connection: Connection) -> None:
        super().__init__(
            f"{connection.scope} is connected to a repository already",
            hint="change that connection, or disconnect it first",
        )


class NoSuchConnectionError(UserError):
    """The scope is connected to no repository."""

    code = "github-connection-not-found"

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"{scope} is connected to no repository", hint="connect it first")


@dataclass(frozen=True, slots=True)
class Record:
    """A connection as it was read, with what is needed to change it.

    Attributes:
        connection: What it says.
        etag: Its row's.
        references: To its secrets, by the column that holds each.
    """

    connection: Connection
    etag: str
    references: dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some connections, by the names of their scopes.

    Attributes:
        next: What asks for the rest; empty where there is none.
    """

    connections: list[Connection]
    next: str


class ConnectionTable:
    """The table.

    Args:
        service: The account's table service. The caller closes it.
        name: The table's.
    """

    def __init__(self, service: TableServiceClient, name: str = TABLE) -> None:
        self._table = Table(service, name)

    async def find(self, scope: Scope) -> Record | None:
        """Return a scope's connection, None where there is none.

        Raises:
            ConnectionRowError: The row is none that was written here.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        row = await self._table.get(rows.PARTITION, scope.name)
        return None if row is None else _record(row)

    async def get(self, scope: Scope) -> Record:
        """Return a scope's connection.

        Raises:
            NoSuchConnectionError: There is none.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        found = await self.find(scope)
        if found is None:
            raise NoSuchConnectionError(scope)
        return found

    async def page(self, limit: int = 100, after: str = "") -> Page:
        """Return connections, a page at a time.

        Args:
            limit: How many at most.
            after: ``next`` of the page before.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        found = [
            rows.from_row(row)
            async for row in self._table.rows(rows.PARTITION, after, limit=limit + 1)
        ]
        more = found[limit:]
        return Page(found[:limit], found[limit - 1].scope.name if more else "")

    async def about(self, addresses: Iterable[str], identity: int | None) -> list[Record]:
        """Return the connections that may be to a repository: look at each.

        Args:
            addresses: Keys of the repository's addresses.
            identity: GitHub's id of it, None where it is not known.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        scopes = {
            str(row["Scope"])
            for key in rows.repository_keys(addresses, identity)
            async for row in self._table.rows(rows.REPOSITORIES, f"{key}:", f"{key};")
        }
        found = [await self.find(Scope(name)) for name in sorted(scopes)]
        return [one for one in found if one is not None]

    async def every(self) -> list[Connection]:
        """Return all connections.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        return [rows.from_row(row) async for row in self._table.rows(rows.PARTITION)]

    async def add(self, connection: Connection) -> Record:
        """Keep a new connection.

        Raises:
            ConnectionExistsError: The scope has one.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        try:
            etag = await self._table.insert(rows.to_row(connection, {}))
        except RowConflictError:
            raise ConnectionExistsError(connection) from None
        await self._point(rows.pointers(connection))
        return Record(connection, etag, {})

    async def write(
        self,
        record: Record,
        connection: Connection,
        references: dict[str, str] | None = None,
    ) -> Record:
        """Change a connection as it was read.

        Raises:
            RowConflictError: It is not as it was read any more.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        told = record.references | (references or {})
        before, after = rows.pointers(record.connection), rows.pointers(connection)
        await self._point([one for one in after if one not in before])
        etag = await self._table.replace(rows.to_row(connection, told), record.etag)
        with suppress(FuncyardError):  # a hint too many does no harm
            await self._forget([one for one in before if one not in after])
        return Record(connection, etag, told)

    async def change(self, connection: Connection, **changes: Any) -> Record | None:  # noqa: ANN401 - fields of a connection
        """Change a connection whatever else changes in it; None where it is another, or gone.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        return await self.edit(connection, lambda now: replace(now, **changes))

    async def edit(
        self, connection: Connection, to: Callable[[Connection], Connection]
    ) -> Record | None:
        """As :meth:`change`, by what a function makes of what is there."""
        for left in reversed(range(_TRIES)):
            record = await self.find(connection.scope)
            if record is None or record.connection.id != connection.id:
                return None
            try:
                return await self.write(record, to(record.connection))
            except RowConflictError:
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    async def remove(self, record: Record) -> None:
        """Keep a connection no longer.

        Raises:
            RowConflictError: It is not as it was read any more.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        await self._forget(rows.pointers(record.connection))
        row = {"PartitionKey": rows.PARTITION, "RowKey": record.connection.scope.name}
        await self._table.delete(row, record.etag)

    async def _point(self, pointers: Sequence[dict[str, Any]]) -> None:
        for pointer in pointers:
            with suppress(RowConflictError):  # it is there
                await self._table.insert(pointer)

    async def _forget(self, pointers: Sequence[dict[str, Any]]) -> None:
        for pointer in pointers:
            found = await self._table.get(pointer["PartitionKey"], pointer["RowKey"])
            if found is not None:
                await self._table.delete(found, etag_of(found))


def _record(row: dict[str, Any]) -> Record:
    references = {name: str(row[name]) for name in _REFERENCES if row.get(name)}
    return Record(rows.from_row(row), etag_of(row), references)
