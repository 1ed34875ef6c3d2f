"""Jobs as rows of one table: the partition is the scope, the key says what for.

========================  ======================================================================
``a:ID``                  a job that is queued or runs; the only row it has but the next
``q:CONNECTION:COMMIT``   id of the last job that was asked for a commit: reserved before it
``e:ID``                  a job that is over, never changed again
``s:STATUS:ID``           the same, to list by status
``c:COMMIT:ID``           its id, to find the newest job of a commit
========================  ======================================================================

Asking for a sync takes two plain inserts, which is what GitHub waits for; a job ends in one
transaction, its active row going as the others come. Ids sort newest first, so every range is a
list, newest first. One more partition, ``SCOPES``, names every scope that ever had a job.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from funcyard.workspace.jobs.model import Job, Status, now
from funcyard.workspace.scopes import Scope
from funcyard.workspace.source import LeftOut

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, Any]

SCOPES: Final = "SCOPES"
ACTIVE: Final = "a"
ENDED: Final = "e"
COMMIT: Final = "CommitSha"
_TIMES: Final = frozenset(
    {"queued_at", "started_at", "completed_at", "not_before", "sent_at", "lease_until"}
)
_COLUMNS: Final = {
    "repository": "RepositoryUrl",
    "commit": COMMIT,
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
    """Return a job as the row of a key, by default where it is now: among the active or ended."""
    row: Row = {
        "PartitionKey": job.scope.name,
        "RowKey": key or f"{ENDED if job.status.final else ACTIVE}:{job.id}",
        "OrgId": job.scope.name,
        "Status": job.status.value,
    }
    for name in _PLAIN:
        value = getattr(job, name)
        if isinstance(value, datetime):
            value = value.isoformat(timespec="microseconds")
        if isinstance(value, tuple):
            value = json.dumps([one.as_dict() for one in value])
        if value is not None:
            row[_column(name)] = value
    return row


def from_row(row: Mapping[str, Any]) -> Job:
    """Return the job of a row."""
    values = {name: row[_column(name)] for name in _PLAIN if _column(name) in row}
    for name in _TIMES & values.keys():
        values[name] = datetime.fromisoformat(values[name])
    if "left_out" in values:
        values["left_out"] = tuple(LeftOut(**one) for one in json.loads(values["left_out"]))
    return Job(
        scope=Scope(row["PartitionKey"]),
        id=row["RowKey"].rpartition(":")[2],
        status=Status(row["Status"]),
        **values,
    )


def index_rows(job: Job) -> list[Row]:
    """Return the rows by which a job that is over is found."""
    found = [to_row(job, f"s:{job.status.value}:{job.id}")]
    if job.commit:
        found.append(_pointer(job, f"c:{job.commit}:{job.id}"))
    return found


def keys(job: Job) -> list[str]:
    """Return the keys of all rows that a job has which is over, its reservation excepted."""
    return [row["RowKey"] for row in (to_row(job), *index_rows(job))]


def reservation(job: Job) -> Row:
    """Return the row that says which job was asked for a commit last."""
    row = _pointer(job, f"q:{job.connection}:{job.commit}")
    return {**row, "ReservedAt": now().isoformat(timespec="microseconds")}


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
