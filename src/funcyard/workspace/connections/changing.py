"""Changes of a connection that stands: its branch, its token, its secret, whether it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from funcyard.workspace.connections.hooks import Registration
from funcyard.workspace.connections.journal import settled
from funcyard.workspace.connections.secrets import new_secret
from funcyard.workspace.git.branches import valid_branch
from funcyard.workspace.git.token import Token

if TYPE_CHECKING:
    from funcyard.workspace.connections.access import Access, Gate
    from funcyard.workspace.connections.journal import Journal
    from funcyard.workspace.connections.table import Record

ROTATION: Final = timedelta(hours=24)
"""How long the webhook's previous secret counts after a rotation."""


async def updated(
    journal: Journal,
    gate: Gate,
    record: Record,
    *,
    branch: str | None,
    enabled: bool | None,
    token: str | None,
) -> tuple[Record, Registration, Access | None]:
    """Follow another branch, stop or go on following, or use another token.

    Returns:
        The connection, whether GitHub delivers to it, and what was found of the branch where it is
        to be synced.

    Raises:
        RowConflictError: Somebody else changed it.
        GitError, GitHubError: The branch cannot be seen with the token.
        FuncyardError: Secrets or storage cannot be used.
    """
    was = record.connection
    now = replace(
        was,
        branch=was.branch if branch is None else valid_branch(branch),
        enabled=was.enabled if enabled is None else enabled,
    )
    registration = Registration(was.hook, was.hook_fault)
    access = None
    if token is not None or now.branch != was.branch or (now.enabled and not was.enabled):
        right = Token(token) if token is not None else await journal.secrets.token(record)
        access = await gate.verified(now.repository, now.branch, right)
        now = replace(now, repository_id=access.repository_id or was.repository_id)
    if token is not None:
        record = await journal.note(record, busy_until=journal.soon())
        references = await journal.secrets.set_token(was, token)
        record = await journal.note(record, references, stamp=uuid4().hex)
        secrets = await journal.secrets.signing(record)
        if secrets and (was.hook is None or was.hook_fault):
            registration = await journal.hooks.register(was, Token(token), secrets[0])
    record = await journal.note(
        record,
        **settled(registration),
        branch=now.branch,
        enabled=now.enabled,
        repository_id=now.repository_id,
        updated_at=datetime.now(UTC),
    )
    return record, registration, access if now.enabled else None


async def rotated(journal: Journal, record: Record) -> tuple[Record, Registration, str]:
    """Have the webhook sign with a new secret; for a day the one before counts, too.

    The old secret is kept as the previous one before the new one is set, and everybody reads the
    new one before GitHub signs with it: no delivery is refused at any moment.

    Returns:
        The connection, whether GitHub signs with the new secret, and that secret.

    Raises:
        RowConflictError: Somebody else changed it.
        FuncyardError: Secrets or storage cannot be used.
    """
    token = await journal.secrets.token(record)
    old = (await journal.secrets.signing(record))[:1]
    record = await journal.note(record, busy_until=journal.soon())
    if old:
        references = await journal.secrets.set_previous(record.connection, old[0])
        until = datetime.now(UTC) + ROTATION
        record = await journal.note(record, references, previous_until=until, stamp=uuid4().hex)
    secret = new_secret()
    references = await journal.secrets.set_signing(record.connection, secret)
    record = await journal.note(record, references, stamp=uuid4().hex)
    registration = await journal.hooks.register(record.connection, token, secret)
    now = datetime.now(UTC)
    record = await journal.note(record, **settled(registration), updated_at=now)
    return record, registration, secret
