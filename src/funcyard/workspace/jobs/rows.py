"""Jobs as rows of one table: the partition is the scope, the key says what for.

========================  ======================================================================
``j:ID``                  the job
``s:STATUS:ID``           the same, to list by status, newest first
``c:COMMIT:ID``           its id, to find the newest job of a commit
``d:DELIVERY``            its id, so that a delivery makes one job however often it comes
``q:CONNECTION:COMMIT``   id of the commit's last job: while it is queued none is added
========================  ======================================================================

All of a partition can be written in one transaction, so the rows of a job never disagree. One more
partition, ``SCOPES``, names every scope that ever had a job, for the timer.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from funcyard.workspace.jobs.model import Job, Status
from funcyard.workspace.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, Any]

SCOPES: Final = "SCOPES"
_TIMES: Final = frozenset(
    {"queued_at", "started_at", "completed_at", "not_before", "sent_at", "lease_until"}
)
_COLUMNS: Final = {
    "repository": "RepositoryUrl",
    "commit": "CommitSha",
    "before": "BeforeSha",
    "message": "CommitMessage",
    "author": "CommitAuthor",
    "committed": "CommitTimestamp",
    "delivery": "DeliveryId",
    "digest": "WebhookPayloadHash",
    "connection": "ConnectionId",
    "added": "FilesAdded",
    "modified": "FilesModified",
    "deleted": "FilesDeleted",
    "total": "TotalFiles",
    "applied": "AppliedCommitSha",
    "retries": "RetryCount",
    "error": "ErrorMessage",
}
_PLAIN: Final = tuple(one.name for one in fields(Job) if one.name not in {"scope", "id", "status"})


def to_row(job: Job, key: str | None = None) -> Row:
    """Return a job as the row of a key, by default its own."""
    row: Row = {
        "PartitionKey": job.scope.name,
        "RowKey": key or f"j:{job.id}",
        "OrgId": job.scope.name,
        "Status": job.status.value,
    }
    for name in _PLAIN:
        value = getattr(job, name)
        if isinstance(value, datetime):
            value = value.isoformat(timespec="microseconds")
        if value is not None:
            row[_column(name)] = value
    return row


def from_row(row: Mapping[str, Any]) -> Job:
    """Return the job of a row."""
    values = {name: row[_column(name)] for name in _PLAIN if _column(name) in row}
    for name in _TIMES & values.keys():
        values[name] = datetime.fromisoformat(values[name])
    return Job(
        scope=Scope(row["PartitionKey"]),
        id=row["RowKey"].rpartition(":")[2],
        status=Status(row["Status"]),
        **values,
    )


def status_row(job: Job) -> Row:
    """Return the row that lists a job by its status."""
    return to_row(job, f"s:{job.status.value}:{job.id}")


def commit_row(job: Job, commit: str) -> Row:
    """Return the row by which a job is found by a commit."""
    return _pointer(job, f"c:{commit}:{job.id}")


def delivery_row(job: Job) -> Row:
    """Return the row by which a job is found by its delivery."""
    return _pointer(job, f"d:{job.delivery}")


def queued_row(job: Job) -> Row:
    """Return the row by which a commit's job is found that may be queued."""
    return _pointer(job, f"q:{job.connection}:{job.commit}")


def range_of(prefix: str, after: str = "") -> tuple[str, str]:
    """Return the keys between which a list's rows are, both left out.

    Args:
        prefix: The keys up to the id, without the colon.
        after: The last id that is known already.
    """
    return f"{prefix}:{after}", f"{prefix};"


def _pointer(job: Job, key: str) -> Row:
    return {"PartitionKey": job.scope.name, "RowKey": key, "JobId": job.id}


def _column(name: str) -> str:
    return _COLUMNS.get(name) or "".join(part.capitalize() for part in name.split("_"))
