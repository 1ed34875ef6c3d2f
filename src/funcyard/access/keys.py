"""Workflow keys: what programs call endpoints with. Only their hashes are kept.

A key is 256 bits of chance, so a plain hash of it gives nothing away; a key opens the endpoints of
one scope, or one of them.

Two rows a key, for the two things that are asked: one by its hash, which every call reads, and one
in the list of its scope. The list's is made first and removed last: what opens is always listed.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from azure.core.exceptions import ResourceNotFoundError

from funcyard.access.errors import AccessError, UnauthenticatedError
from funcyard.azure.errors import azure_errors

if TYPE_CHECKING:
    from azure.data.tables.aio import TableServiceClient

    from funcyard.access.principal import Principal

TABLE: Final = "PlatformKeys"
"""The table's name, unless another is given."""

_PREFIX: Final = "wfk_"
_BYTES: Final = 32
_LONGEST: Final = 200
_ID_DIGITS: Final = 32


class NoSuchKeyError(AccessError):
    """The scope has no key of that id."""

    code = "workflow-key-unknown"
    status = 404


@dataclass(frozen=True, slots=True)
class WorkflowKey:
    """What is known of a key; not the key.

    Attributes:
        id: Names it, and gives nothing of it away.
        scope: Whose endpoints it opens: ``GLOBAL``, or an organisation's id.
        since: Which organisation of that id: see :attr:`.Organisation.since`; empty for ``GLOBAL``.
        workflow: The only one that it opens; empty for all.
        description: For people.
        created: When it was made.
        created_by: The key of the principal who made it.
    """

    id: str
    scope: str
    since: str
    workflow: str
    description: str
    created: datetime
    created_by: str


class WorkflowKeys:
    """The keys of all scopes.

    Every method raises ``AzureFailedError`` where storage refuses or cannot be reached.

    Args:
        service: The account's table service. The caller closes it.
        table: The table's name.
    """

    def __init__(self, service: TableServiceClient, *, table: str = TABLE) -> None:
        self._service = service
        self._table = service.get_table_client(table)
        self._name = table

    async def provision(self) -> None:
        """Make the table where it is not there."""
        with azure_errors("making the table of workflow keys"):
            await self._service.create_table_if_not_exists(self._name)

    async def create(
        self,
        scope: str,
        *,
        by: Principal,
        since: str = "",
        workflow: str = "",
        description: str = "",
    ) -> tuple[WorkflowKey, str]:
        """Make a key and return it, this once, with what is known of it.

        Args:
            scope: Whose endpoints it opens.
            by: Who makes it.
            since: Which organisation of that id; empty for ``GLOBAL``.
            workflow: The only endpoint that it opens; empty for all.
            description: For people.
        """
        text = _PREFIX + secrets.token_urlsafe(_BYTES)
        digest = _digest(text)
        key = WorkflowKey(
            digest[:_ID_DIGITS], scope, since, workflow, description, datetime.now(UTC), by.key
        )
        row = {
            "RowKey": key.id,
            "Scope": scope,
            "Since": since,
            "Workflow": workflow,
            "Description": description,
            "CreatedAt": key.created.isoformat(),
            "CreatedBy": key.created_by,
        }
        with azure_errors("keeping the workflow key"):
            await self._table.create_entity({"PartitionKey": _list_of(scope), **row})
            await self._table.create_entity(
                {"PartitionKey": _partition(key.id), "Digest": digest, **row}
            )
        return key, text

    async def find(self, text: str) -> WorkflowKey:
        """Return what is known of a key that somebody calls with.

        Raises:
            UnauthenticatedError: It is none, or no longer.
        """
        if text.startswith(_PREFIX) and len(text) <= _LONGEST:
            digest = _digest(text)
            identity = digest[:_ID_DIGITS]
            row = await self._row(_partition(identity), identity)
            if row is not None and secrets.compare_digest(str(row["Digest"]), digest):
                return _key(row)
        raise UnauthenticatedError("that is no workflow key, or it was removed")

    async def all(self, scope: str) -> list[WorkflowKey]:
        """Return what is known of a scope's keys, the newest first."""
        with azure_errors("listing workflow keys"):
            query = self._table.query_entities(
                "PartitionKey eq @partition", parameters={"partition": _list_of(scope)}
            )
            found = [_key(row) async for row in query]
        return sorted(found, key=lambda key: key.created, reverse=True)

    async def remove(self, scope: str, identity: str) -> None:
        """Have a key open nothing any more.

        Raises:
            NoSuchKeyError: The scope has none of that id.
        """
        row = await self._row(_list_of(scope), identity) if _is_id(identity) else None
        if row is None:
            raise NoSuchKeyError("there is no such workflow key")
        with azure_errors("removing the workflow key"):
            await self._table.delete_entity(_partition(identity), identity)
            await self._table.delete_entity(_list_of(scope), identity)

    async def clear(self, scope: str) -> None:
        """Have all keys of a scope open nothing any more."""
        for key in await self.all(scope):
            with suppress(NoSuchKeyError):  # somebody else removed it meanwhile
                await self.remove(scope, key.id)

    async def _row(self, partition: str, identity: str) -> Any:  # noqa: ANN401 - the client's entity
        with azure_errors("reading the workflow keys"):
            try:
                return await self._table.get_entity(partition, identity)
            except ResourceNotFoundError:
                return None


def _key(row: Any) -> WorkflowKey:  # noqa: ANN401 - the client's entity
    return WorkflowKey(
        id=str(row["RowKey"]),
        scope=str(row["Scope"]),
        since=str(row["Since"]),
        workflow=str(row["Workflow"]),
        description=str(row["Description"]),
        created=datetime.fromisoformat(row["CreatedAt"]),
        created_by=str(row["CreatedBy"]),
    )


def _partition(identity: str) -> str:
    """Return one of 256 partitions: keys are looked up by every call, and never in order."""
    return identity[:2]


def _list_of(scope: str) -> str:
    return f"of:{scope}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _is_id(text: str) -> bool:
    return len(text) == _ID_DIGITS and all(one in "0123456789abcdef" for one in text)
