"""Notes each step of making, changing and unmaking a connection before it is made.

The row says how far a connection is and until when somebody is at it. Whoever dies in between is
followed by :meth:`Journal.finish`: what was half connected is cleared away, what was half
disconnected is disconnected, and a webhook gets the secret that counts.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from funcyard.azure.secrets.store import SecretNotFoundError
from funcyard.errors import UserError
from funcyard.workspace.connections.hooks import Hooks, Registration
from funcyard.workspace.connections.model import State
from funcyard.workspace.git.token import BadTokenError
from funcyard.workspace.table import RowConflictError

if TYPE_CHECKING:
    from funcyard.workspace.connections.model import Connection
    from funcyard.workspace.connections.secrets import ConnectionSecrets
    from funcyard.workspace.connections.table import ConnectionTable, Record
    from funcyard.workspace.scopes import Scope

_BUSY: Final = timedelta(minutes=3)


class ConnectionBusyError(UserError):
    """The connection is being made, changed or taken apart at this moment."""

    code = "github-connection-busy"

    def __init__(self, scope: Scope) -> None:
        super().__init__(
            f"the connection of {scope} is being changed", hint="try again in a moment"
        )


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of all connections.

    Attributes:
        table: Where they are kept.
        secrets: Theirs.
        hooks: Theirs at GitHub.
        patience: How long one who is at a connection is waited for.
    """

    table: ConnectionTable
    secrets: ConnectionSecrets
    hooks: Hooks
    patience: timedelta = _BUSY

    def soon(self) -> datetime:
        """Return until when one who begins now is waited for."""
        return datetime.now(UTC) + self.patience

    async def idle(self, scope: Scope) -> Record:
        """Return a scope's connection, nobody being at it.

        Raises:
            NoSuchConnectionError: There is none.
            ConnectionBusyError: Somebody is.
        """
        record = await self.table.get(scope)
        if record.connection.unfinished(datetime.now(UTC)):
            await self.finish(record.connection)
            record = await self.table.get(scope)
        if record.connection.busy_until is not None:
            raise ConnectionBusyError(scope)
        return record

    async def note(
        self,
        record: Record,
        references: dict[str, str] | None = None,
        **changes: Any,  # noqa: ANN401 - fields of a connection
    ) -> Record:
        """Note a step, unless the time in which it may be made is over.

        That a sync ended meanwhile, and was noted, is no change of the connection.

        Raises:
            RowConflictError: It is, or somebody else changed the connection.
        """
        known = record.connection
        while known.busy_until is None or datetime.now(UTC) < known.busy_until:
            try:
                return await self.table.write(
                    record, replace(record.connection, **changes), references
                )
            except RowConflictError as conflict:
                found = await self._noted(known, conflict)
                if found is None:
                    raise
                record = found
        raise RowConflictError("the time to change the connection is over")

    async def clear(self, record: Record) -> str:
        """Remove the webhook, the secrets and the row, in this order.

        That a sync ended meanwhile, and was noted, is no change of the connection.

        Returns:
            Why the webhook could not be removed at GitHub; empty where it was.
        """
        connection, fault = record.connection, ""
        try:
            fault = await self.hooks.remove(connection, await self.secrets.token(record))
        except (SecretNotFoundError, BadTokenError) as gone:
            fault = gone.message if connection.hook is not None else ""
        await self.secrets.remove(connection)
        while True:
            try:
                await self.table.remove(record)
            except RowConflictError as conflict:
                found = await self._noted(connection, conflict)
                if found is not None:
                    record = found
                    continue
            return fault

    async def _noted(self, known: Connection, conflict: RowConflictError) -> Record | None:
        """Return a connection of which nothing changed but how its last sync ended.

        Returns:
            As it is now; None where there is none any more.

        Raises:
            RowConflictError: Something else changed.
        """
        found = await self.table.find(known.scope)
        if found is None or replace(found.connection, last_sync=known.last_sync) == known:
            return found
        raise conflict

    async def finish(self, connection: Connection) -> None:
        """Finish what somebody began and does not go on with, if there is something.

        Raises:
            FuncyardError: It cannot be finished now.
        """
        record = await self.table.find(connection.scope)
        if record is None or not record.connection.unfinished(datetime.now(UTC)):
            return
        with suppress(RowConflictError):  # somebody else is at it
            claimed = replace(record.connection, busy_until=self.soon())
            record = await self.table.write(record, claimed)
            if claimed.state is not State.CONNECTED:
                await self.clear(record)
                return
            registration = await self._registered(record)
            await self.note(record, **settled(registration), stamp=uuid4().hex)

    async def _registered(self, record: Record) -> Registration:
        try:
            token = await self.secrets.token(record)
            (secret, *_) = await self.secrets.signing(record)
        except (SecretNotFoundError, BadTokenError) as gone:
            return Registration(record.connection.hook, gone.message)
        except ValueError:
            return Registration(record.connection.hook, "its secret is gone: rotate it")
        return await self.hooks.register(record.connection, token, secret)


def settled(registration: Registration) -> dict[str, Any]:
    """Return what a registration changes in a connection that nobody is at any more."""
    again = registration.retry_after
    return {
        "hook": registration.hook,
        "hook_fault": registration.fault,
        "hook_retry_at": None if again is None else datetime.now(UTC) + timedelta(seconds=again),
        "busy_until": None,
    }
