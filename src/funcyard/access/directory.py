"""Organisations and who belongs to them, in Table Storage.

Two partitions, keyed for what is asked: ``organizations`` by id, and ``members`` by the key of a
principal, so a caller's organisation is one read. Somebody belongs to one organisation at most;
beside their row lies another, ``of:ORGANISATION:KEY``, which lists them, and both change in one
transaction. (A principal's key has one colon only.)

The row of an organisation that was removed stays and says so: files, versions and executions stay
in storage under its id, which is therefore never another's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import (
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.data.tables import TableTransactionError, UpdateMode

from funcyard.access.errors import (
    NoSuchOrganisationError,
    OrganisationChangedError,
    OrganisationInUseError,
    OrganisationRemovedError,
    OrganisationThereError,
)
from funcyard.access.granting import Grant, resolve
from funcyard.access.organisation import Organisation, check_id, check_name, is_id
from funcyard.access.principal import Principal, check_key
from funcyard.azure.errors import azure_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.data.tables.aio import TableServiceClient

TABLE: Final = "PlatformAccess"
"""The table's name, unless another is given."""

_ORGANISATIONS: Final = "organizations"
_MEMBERS: Final = "members"
_CONFLICTS: Final = frozenset({404, 409, 412})


class Directory:
    """The organisations of a platform.

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
        with azure_errors("making the table of organisations"):
            await self._service.create_table_if_not_exists(self._name)

    async def grant(self, principal: Principal, asked: str | None) -> Grant:
        """Decide for which organisation a call is: see :func:`.granting.resolve`.

        Raises:
            NoSuchOrganisationError: An admin names one that is not there or not active.
            ForbiddenError: Anybody else is not of the organisation.
        """
        if principal.is_admin:
            named = await self.find(asked) if asked is not None else None
            return resolve(principal, asked, own=None, named=named)
        member_of = await self.membership(principal)
        own = None if member_of is None else await self.find(member_of)
        return resolve(principal, asked, own=own, named=None)

    async def find(self, identity: str) -> Organisation | None:
        """Return an organisation, None where there is none of that id."""
        if not is_id(identity):
            return None
        row = await self._row(_ORGANISATIONS, identity)
        return None if row is None or _is_removed(row) else _organisation(row)

    async def get(self, identity: str) -> Organisation:
        """Return an organisation, active or not.

        Raises:
            NoSuchOrganisationError: There is none of that id.
        """
        found = await self.find(identity)
        if found is None:
            raise NoSuchOrganisationError("there is no such organisation")
        return found

    async def is_served(self, identity: str | None) -> bool:
        """Whether work is done for an organisation, which is there and active; None is all's."""
        if identity is None:
            return True
        found = await self.find(identity)
        return found is not None and found.is_active

    async def all(self) -> list[Organisation]:
        """Return every organisation, sorted by id."""
        with azure_errors("listing organisations"):
            query = self._table.query_entities(f"PartitionKey eq '{_ORGANISATIONS}'")
            return [_organisation(row) async for row in query if not _is_removed(row)]

    async def create(self, identity: str, name: str, *, by: Principal) -> Organisation:
        """Make an organisation; it is active.

        Raises:
            InvalidOrganisationError: No organisation can have that id or name.
            OrganisationThereError: There is one of that id.
            OrganisationRemovedError: There was one, and what it left is not handed on.
        """
        made = Organisation(
            check_id(identity), check_name(name), is_active=True, created=_now(), created_by=by.key
        )
        with azure_errors("making the organisation"):
            try:
                await self._table.create_entity(_row_of(made))
            except ResourceExistsError:
                taken = True
            else:
                taken = False
        if taken and await self.find(identity) is None:
            raise OrganisationRemovedError(
                f"there was an organisation {identity}; its files and executions are still there",
                hint="another id; what is to come back is deactivated, not removed",
            )
        if taken:
            raise OrganisationThereError(f"there is an organisation {identity}")
        return made

    async def change(
        self, identity: str, *, name: str | None = None, is_active: bool | None = None
    ) -> Organisation:
        """Change an organisation's name, or whether it is active.

        Raises:
            NoSuchOrganisationError: There is none of that id.
            InvalidOrganisationError: The name cannot be one.
            OrganisationChangedError: Somebody else changed it meanwhile.
        """
        old = await self.get(identity)
        new = Organisation(
            old.id,
            old.name if name is None else check_name(name),
            old.is_active if is_active is None else is_active,
            old.created,
            old.created_by,
        )
        with azure_errors("changing the organisation"):
            try:
                await self._table.update_entity(
                    _row_of(new),
                    mode=UpdateMode.REPLACE,
                    etag=old.etag,
                    match_condition=MatchConditions.IfNotModified,
                )
            except (ResourceModifiedError, ResourceNotFoundError):
                raise OrganisationChangedError(
                    f"{identity} was changed meanwhile", hint="look at it, and try again"
                ) from None
        return new

    async def remove(self, identity: str) -> None:
        """Remove an organisation that is not active and that nobody belongs to, for good.

        Its id is never given again: whatever lies in storage under it stays nobody's.

        Raises:
            NoSuchOrganisationError: There is none of that id.
            OrganisationInUseError: It is active, or somebody belongs to it.
            OrganisationChangedError: Somebody else changed it meanwhile.
        """
        old = await self.get(identity)
        if old.is_active:
            raise OrganisationInUseError(f"{identity} is active", hint="deactivate it first")
        if await self.members(identity):
            raise OrganisationInUseError(
                f"somebody belongs to {identity}", hint="remove its members first"
            )
        with azure_errors("removing the organisation"):
            try:
                await self._table.update_entity(
                    {**_row_of(old), "RemovedAt": _now().isoformat()},
                    mode=UpdateMode.REPLACE,
                    etag=old.etag,
                    match_condition=MatchConditions.IfNotModified,
                )
            except ResourceModifiedError:
                raise OrganisationChangedError(f"{identity} was changed meanwhile") from None

    async def membership(self, principal: Principal) -> str | None:
        """Return the id of the organisation that somebody belongs to, None where there is none."""
        row = await self._row(_MEMBERS, principal.key)
        return None if row is None else str(row["Organization"])

    async def members(self, identity: str) -> list[str]:
        """Return the keys of those who belong to an organisation, sorted."""
        before = _listed(identity, "")
        with azure_errors("listing the members of the organisation"):
            query = self._table.query_entities(
                f"PartitionKey eq '{_MEMBERS}' and RowKey gt @low and RowKey lt @high",
                parameters={"low": before, "high": f"{before[:-1]};"},
                select=["RowKey"],
            )
            return [str(row["RowKey"]).removeprefix(before) async for row in query]

    async def add_member(self, identity: str, key: str, *, by: Principal) -> None:
        """Let somebody belong to an organisation, and to no other any more.

        Raises:
            NoSuchOrganisationError: There is none of that id.
            InvalidOrganisationError: The key names nobody.
            OrganisationChangedError: Somebody else changes where they belong.
        """
        await self.get(identity)
        row = {
            "PartitionKey": _MEMBERS,
            "RowKey": check_key(key),
            "Organization": identity,
            "AddedAt": _now().isoformat(),
            "AddedBy": by.key,
        }
        listed = ("upsert", _key(_listed(identity, key)), {"mode": UpdateMode.REPLACE})
        old = await self._row(_MEMBERS, key)
        if old is None:
            await self._change_member(key, [("create", row), listed])
            return
        own = ("update", row, {"mode": UpdateMode.REPLACE, **_unchanged(old)})
        operations: list[Any] = [own, listed]
        if old["Organization"] != identity:
            operations.append(("delete", _key(_listed(str(old["Organization"]), key))))
        await self._change_member(key, operations)

    async def remove_member(self, identity: str, key: str) -> None:
        """Let somebody belong to an organisation no longer; who does not is no fault.

        Raises:
            NoSuchOrganisationError: There is none of that id.
            InvalidOrganisationError: The key names nobody.
            OrganisationChangedError: Somebody else changes where they belong.
        """
        await self.get(identity)
        row = await self._row(_MEMBERS, check_key(key))
        if row is not None and row["Organization"] == identity:
            own = ("delete", _key(key), _unchanged(row))
            await self._change_member(key, [own, ("delete", _key(_listed(identity, key)))])

    async def _change_member(self, key: str, operations: list[Any]) -> None:
        with azure_errors("changing who belongs to the organisation"):
            try:
                await self._table.submit_transaction(operations)
            except TableTransactionError as fault:
                if fault.status_code not in _CONFLICTS:
                    raise
                raise OrganisationChangedError(
                    f"where {key} belongs was changed meanwhile", hint="look at it, and try again"
                ) from None

    async def _row(self, partition: str, key: str) -> Any:  # noqa: ANN401 - the client's entity
        with azure_errors("reading the organisations"):
            try:
                return await self._table.get_entity(partition, key)
            except ResourceNotFoundError:
                return None


def _row_of(one: Organisation) -> dict[str, Any]:
    return {
        "PartitionKey": _ORGANISATIONS,
        "RowKey": one.id,
        "Name": one.name,
        "IsActive": one.is_active,
        "CreatedAt": one.created.isoformat(),
        "CreatedBy": one.created_by,
    }


def _is_removed(row: Any) -> bool:  # noqa: ANN401 - the client's entity
    return "RemovedAt" in row


def _organisation(row: Any) -> Organisation:  # noqa: ANN401 - the client's entity
    values: Mapping[str, Any] = row
    return Organisation(
        id=str(values["RowKey"]),
        name=str(values["Name"]),
        is_active=bool(values["IsActive"]),
        created=datetime.fromisoformat(values["CreatedAt"]),
        created_by=str(values["CreatedBy"]),
        etag=str(row.metadata["etag"]),
    )


def _listed(identity: str, key: str) -> str:
    """Return the key of the row that lists a member."""
    return f"of:{identity}:{key}"


def _key(key: str) -> dict[str, Any]:
    return {"PartitionKey": _MEMBERS, "RowKey": key}


def _unchanged(row: Any) -> dict[str, Any]:  # noqa: ANN401 - the client's entity
    return {"etag": row.metadata["etag"], "match_condition": MatchConditions.IfNotModified}


def _now() -> datetime:
    return datetime.now(UTC)
