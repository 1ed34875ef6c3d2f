"""Connects scopes to repositories, changes what is connected, and takes it apart again.

What is secret goes to the store of secrets; the table holds references. How a crash in between is
mended is told in ``journal.py``.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from funcyard.errors import FuncyardError
from funcyard.workspace.connections.access import Gate
from funcyard.workspace.connections.changing import rotated, updated
from funcyard.workspace.connections.hooks import Hooks, Registration
from funcyard.workspace.connections.journal import ConnectionBusyError, Journal, settled
from funcyard.workspace.connections.model import DEFAULT_BRANCH, Connection, State
from funcyard.workspace.connections.secrets import ConnectionSecrets, new_secret
from funcyard.workspace.connections.table import ConnectionExistsError, ConnectionTable, Page
from funcyard.workspace.git.address import RepositoryUrl
from funcyard.workspace.git.process import Git
from funcyard.workspace.git.token import Token
from funcyard.workspace.table import RowConflictError

if TYPE_CHECKING:
    from funcyard.azure.secrets.store import SecretStore
    from funcyard.workspace.connections.access import Access
    from funcyard.workspace.connections.table import Record
    from funcyard.workspace.github.client import GitHub
    from funcyard.workspace.scopes import Scope


class SyncQueue(Protocol):
    """Queues syncs."""

    async def request(
        self, connection: Connection, reason: str, *, commit: str = "", full: bool = False
    ) -> str:
        """Queue a sync and return the job's id.

        Args:
            connection: To sync.
            reason: Why.
            commit: Where the branch is, as far as that is known.
            full: Whether to prove everything.
        """
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """A connection that was made or changed.

    Attributes:
        connection: As it is now.
        registration: Whether GitHub delivers to it.
        secret: What the webhook must sign with, where a person has to enter it; shown this once.
        job: Of the sync that was queued; empty where none was.
    """

    connection: Connection
    registration: Registration
    secret: str | None = field(default=None, repr=False)
    job: str = ""


class Connections:
    """The connections of all scopes.

    Args:
        table: Where they are kept.
        store: Where their secrets are kept. The caller opens and closes it.
        github: GitHub's API. The caller opens and closes it.
        queue: Queues syncs.
        public_url: Of this platform, without a path; empty where GitHub cannot reach it.
        git: The program that asks for branches.
    """

    def __init__(
        self,
        table: ConnectionTable,
        store: SecretStore,
        github: GitHub,
        queue: SyncQueue,
        *,
        public_url: str = "",
        git: Git | None = None,
    ) -> None:
        self.table = table
        self.secrets = ConnectionSecrets(store)
        self.journal = Journal(table, self.secrets, Hooks(github))
        self._gate = Gate(github, git or Git())
        self._queue = queue
        self._public_url = public_url.rstrip("/")

    async def get(self, scope: Scope) -> Connection:
        """Return a scope's connection.

        Raises:
            NoSuchConnectionError: There is none.
        """
        return (await self.table.get(scope)).connection

    async def of(self, *scopes: Scope) -> list[Connection]:
        """Return the connections of scopes, of those that have one."""
        found = [await self.table.find(scope) for scope in scopes]
        return [one.connection for one in found if one is not None]

    async def page(self, limit: int = 100, after: str = "") -> Page:
        """Return connections, a page at a time: see :meth:`.ConnectionTable.page`."""
        return await self.table.page(limit, after)

    async def connected(self, scope: Scope) -> bool:
        """Whether a scope follows a repository now, and so cannot be edited."""
        record = await self.table.find(scope)
        return record is not None and record.connection.active

    async def create(
        self, scope: Scope, url: str, token: str, *, branch: str = DEFAULT_BRANCH, by: str
    ) -> Outcome:
        """Connect a scope, have pushes delivered, and queue the first sync.

        Args:
            scope: That has no connection.
            url: Of the repository.
            token: A personal access token that may read it.
            branch: To follow.
            by: Who connects it.

        Raises:
            ConnectionExistsError: The scope has one.
            ConnectionBusyError: It took so long that somebody else cleared it away.
            BadRepositoryUrlError, BadBranchError, BadTokenError: What is given cannot be meant.
            GitError, GitHubError: The repository or its branch cannot be seen with the token.
            FuncyardError: Secrets or storage cannot be used; nothing is left behind.
        """
        repository, right = RepositoryUrl.parse(url), Token(token)
        self._gate.check_encrypted(repository)
        await self._make_room(scope)
        access = await self._gate.verified(repository, branch, right)
        record = await self.table.add(
            Connection(
                scope=scope,
                repository=repository,
                branch=branch,
                repository_id=access.repository_id,
                webhook_url=self._webhook_url(scope),
                busy_until=self.journal.soon(),
                created_by=by,
            )
        )
        secret = new_secret()
        try:
            references = await self.secrets.set_token(record.connection, token)
            references |= await self.secrets.set_signing(record.connection, secret)
            record = await self.journal.note(record, references)
            registration = await self.journal.hooks.register(record.connection, right, secret)
            record = await self.journal.note(record, **settled(registration), state=State.CONNECTED)
        except RowConflictError:
            raise ConnectionBusyError(scope) from None
        except FuncyardError:
            with suppress(FuncyardError):  # else it is cleared away later
                await self.journal.clear(record)
            raise
        return await self._outcome(record, registration, secret, "connect", access)

    async def update(
        self,
        scope: Scope,
        *,
        branch: str | None = None,
        enabled: bool | None = None,
        token: str | None = None,
    ) -> Outcome:
        """Follow another branch, stop or go on following, or use another token.

        Raises:
            NoSuchConnectionError: There is none.
            ConnectionBusyError: Somebody else changes it.
            BadBranchError, BadTokenError: What is given cannot be meant.
            GitError, GitHubError: The branch cannot be seen with the token.
            FuncyardError: Secrets or storage cannot be used.
        """
        record = await self.journal.idle(scope)
        try:
            record, registration, access = await updated(
                self.journal, self._gate, record, branch=branch, enabled=enabled, token=token
            )
        except RowConflictError:
            raise ConnectionBusyError(scope) from None
        return await self._outcome(record, registration, None, "update", access)

    async def rotate(self, scope: Scope) -> Outcome:
        """Have the webhook sign with a new secret; for a day the one before counts, too.

        Raises:
            NoSuchConnectionError: There is none.
            ConnectionBusyError: Somebody else changes it.
            FuncyardError: Secrets or storage cannot be used.
        """
        record = await self.journal.idle(scope)
        try:
            record, registration, secret = await rotated(self.journal, record)
        except RowConflictError:
            raise ConnectionBusyError(scope) from None
        return await self._outcome(record, registration, secret, "", None)

    async def delete(self, scope: Scope) -> str:
        """Disconnect a scope: it can be edited at once, and its files stay.

        Returns:
            Why the webhook could not be removed at GitHub; empty where it was.

        Raises:
            NoSuchConnectionError: There is none.
            ConnectionBusyError: Somebody else changes it.
            FuncyardError: Secrets or storage cannot be used; once it says so it is disconnected
                all the same, and what is left is cleared away later.
        """
        record = await self.journal.idle(scope)
        try:
            record = await self.journal.note(
                record, state=State.DISCONNECTING, busy_until=self.journal.soon()
            )
            return await self.journal.clear(record)
        except RowConflictError:
            raise ConnectionBusyError(scope) from None

    async def _make_room(self, scope: Scope) -> None:
        """Clear away what is left of a connection that was never made, or not quite unmade."""
        record = await self.table.find(scope)
        if record is not None and record.connection.state is not State.CONNECTED:
            await self.journal.finish(record.connection)
            record = await self.table.find(scope)
        if record is not None:
            raise ConnectionExistsError(record.connection)

    async def _outcome(
        self,
        record: Record,
        registration: Registration,
        secret: str | None,
        reason: str,
        access: Access | None,
    ) -> Outcome:
        job = ""
        if access is not None:
            with suppress(FuncyardError):  # else the timer sees that nothing was synced
                job = await self._queue.request(
                    record.connection, reason, commit=access.head, full=reason == "connect"
                )
        shown = secret if registration.fault else None
        return Outcome(record.connection, registration, shown, job)

    def _webhook_url(self, scope: Scope) -> str:
        if not self._public_url:
            return ""
        return f"{self._public_url}/api/github-webhook?connection={scope}"
