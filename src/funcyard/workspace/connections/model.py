"""A connection, as it is kept and as it is shown: what is secret in it is named, never held."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.workspace.git.address import RepositoryUrl
    from funcyard.workspace.scopes import Scope

DEFAULT_BRANCH: Final = "main"


class State(StrEnum):
    """How far a connection is made or unmade: the journal of both."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    DISCONNECTING = "disconnecting"


@dataclass(frozen=True, slots=True)
class LastSync:
    """How the last sync ended.

    Attributes:
        commit: That was applied; empty where none was.
        at: When it ended.
        duration_ms: How long it took.
        status: ``success``, ``partial`` or ``failed``.
        error: Why, where it is not a success.
    """

    commit: str
    at: datetime
    duration_ms: int
    status: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A scope's connection.

    Attributes:
        scope: Whose.
        repository: That the scope is kept in step with.
        branch: Of the repository.
        id: Tells this connection from one that the scope had before.
        repository_id: GitHub's, None where it was not asked.
        enabled: Whether pushes are followed.
        state: How far it is made or unmade.
        busy_until: Somebody is at that until then; afterwards anybody may finish it.
        webhook_url: Where GitHub delivers to; empty where this platform has no public address.
        hook: GitHub's id of the webhook, None where none is registered.
        hook_fault: Why none is, or why it does not have the newest secret.
        hook_retry_at: When that may be tried again, None where it is of no use.
        stamp: Changes with every change of a secret, so that nobody goes on with an old one.
        previous_until: Until when the webhook's previous secret counts, too.
        last_sync: None before the first.
        created_at: When it was made.
        created_by: Who made it.
        updated_at: When a person changed it last.
    """

    scope: Scope
    repository: RepositoryUrl
    branch: str = DEFAULT_BRANCH
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    repository_id: int | None = None
    enabled: bool = True
    state: State = State.CONNECTING
    busy_until: datetime | None = None
    webhook_url: str = ""
    hook: int | None = None
    hook_fault: str = ""
    hook_retry_at: datetime | None = None
    stamp: str = field(default_factory=lambda: uuid.uuid4().hex)
    previous_until: datetime | None = None
    last_sync: LastSync | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    created_by: str = ""
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def active(self) -> bool:
        """Whether the scope follows the repository now, and so cannot be edited."""
        return self.enabled and self.state is State.CONNECTED

    def busy(self, now: datetime) -> bool:
        """Whether somebody is at making, changing or unmaking it."""
        return self.busy_until is not None and now < self.busy_until

    def unfinished(self, now: datetime) -> bool:
        """Whether something of it is left to do, and nobody is at it."""
        begun = self.busy_until is not None and not self.busy(now)
        return begun or (
            self.busy_until is None and self.hook_retry_at is not None and self.hook_retry_at <= now
        )

    @property
    def token_name(self) -> str:
        """Name of the secret that holds the token."""
        return f"github-pat-{self.scope}"

    @property
    def secret_name(self) -> str:
        """Name of the secret that the webhook signs with."""
        return f"github-webhook-secret-{self.scope}"

    @property
    def previous_name(self) -> str:
        """Name of the secret that it signed with before."""
        return f"github-webhook-previous-{self.scope}"

    def as_dict(self) -> dict[str, object]:
        """Return what the API shows of it."""
        last = self.last_sync
        return {
            "orgId": self.scope.name,
            "repositoryUrl": str(self.repository),
            "repositoryBranch": self.branch,
            "webhookUrl": self.webhook_url or None,
            "webhookRegistered": self.hook is not None and not self.hook_fault,
            "webhookReason": self.hook_fault or None,
            "isEnabled": self.enabled,
            "state": self.state.value,
            "lastSync": None
            if last is None
            else {
                "commitSha": last.commit or None,
                "timestamp": last.at.isoformat(),
                "durationMs": last.duration_ms,
                "status": last.status,
                "error": last.error or None,
            },
            "createdAt": self.created_at.isoformat(),
            "createdBy": self.created_by,
            "updatedAt": self.updated_at.isoformat(),
        }
