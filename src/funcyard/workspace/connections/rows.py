"""A connection as an entity, by the names of the data model, and back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import FuncyardError
from funcyard.workspace.connections.model import Connection, LastSync, State
from funcyard.workspace.git.address import RepositoryUrl
from funcyard.workspace.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PARTITION: Final = "GITHUB_CONNECTIONS"
REPOSITORIES: Final = "GITHUB_REPOSITORIES"


class ConnectionRowError(FuncyardError):
    """A connection's row says what cannot be: it was changed by something else."""

    code = "github-connection-row"


def to_row(connection: Connection, references: Mapping[str, str]) -> dict[str, Any]:
    """Return the entity of a connection.

    Args:
        connection: To keep.
        references: ``WebhookSecretRef``, ``PersonalAccessTokenRef`` and the like.
    """
    last = connection.last_sync
    row: dict[str, Any] = {
        "PartitionKey": PARTITION,
        "RowKey": connection.scope.name,
        "ConnectionId": connection.id,
        "RepositoryUrl": str(connection.repository),
        "RepositoryId": _text(connection.repository_id),
        "RepositoryBranch": connection.branch,
        "WebhookUrl": connection.webhook_url,
        "WebhookId": _text(connection.hook),
        "WebhookFault": connection.hook_fault,
        "WebhookRetryAt": _time(connection.hook_retry_at),
        "IsEnabled": connection.enabled,
        "State": connection.state.value,
        "BusyUntil": _time(connection.busy_until),
        "SecretStamp": connection.stamp,
        "PreviousSecretUntil": _time(connection.previous_until),
        "CreatedAt": _time(connection.created_at),
        "CreatedBy": connection.created_by,
        "UpdatedAt": _time(connection.updated_at),
        **references,
    }
    if last is not None:
        row |= {
            "LastSyncCommitSha": last.commit,
            "LastSyncTimestamp": _time(last.at),
            "LastSyncDurationMs": last.duration_ms,
            "LastSyncStatus": last.status,
            "LastSyncError": last.error,
        }
    return row


def from_row(row: Mapping[str, Any]) -> Connection:
    """Read the entity of a connection.

    Raises:
        ConnectionRowError: It is none that was written here.
    """
    try:
        return Connection(
            scope=Scope(row["RowKey"]),
            repository=RepositoryUrl.parse(row["RepositoryUrl"]),
            branch=row["RepositoryBranch"],
            id=row["ConnectionId"],
            repository_id=_number(row["RepositoryId"]),
            enabled=bool(row["IsEnabled"]),
            state=State(row["State"]),
            busy_until=_moment(row["BusyUntil"]),
            webhook_url=row["WebhookUrl"],
            hook=_number(row["WebhookId"]),
            hook_fault=row["WebhookFault"],
            hook_retry_at=_moment(row["WebhookRetryAt"]),
            stamp=row["SecretStamp"],
            previous_until=_moment(row["PreviousSecretUntil"]),
            last_sync=_last_sync(row),
            created_at=datetime.fromisoformat(row["CreatedAt"]),
            created_by=row["CreatedBy"],
            updated_at=datetime.fromisoformat(row["UpdatedAt"]),
        )
    except (KeyError, ValueError, TypeError, FuncyardError) as fault:
        name = row.get("RowKey")
        raise ConnectionRowError(f"the connection of {name} cannot be read: {fault}") from fault


def pointers(connection: Connection) -> list[dict[str, Any]]:
    """Return the rows by which a repository's connections are found: by address and by id."""
    keys = repository_keys([connection.repository.key], connection.repository_id)
    scope = connection.scope.name
    return [
        {"PartitionKey": REPOSITORIES, "RowKey": f"{key}:{scope}", "Scope": scope} for key in keys
    ]


def repository_keys(addresses: Iterable[str], identity: int | None) -> list[str]:
    """Return what the rows of a repository begin with, up to the colon.

    Args:
        addresses: Keys of its addresses.
        identity: GitHub's id of it, None where it is not known.
    """
    found = [f"at:{one}" for one in sorted(addresses)]
    return found if identity is None else [*found, f"id:{identity}"]


def _last_sync(row: Mapping[str, Any]) -> LastSync | None:
    if "LastSyncTimestamp" not in row:
        return None
    return LastSync(
        commit=row["LastSyncCommitSha"],
        at=datetime.fromisoformat(row["LastSyncTimestamp"]),
        duration_ms=int(row["LastSyncDurationMs"]),
        status=row["LastSyncStatus"],
        error=row["LastSyncError"],
    )


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="microseconds")


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _number(text: str) -> int | None:
    return int(text) if text else None
