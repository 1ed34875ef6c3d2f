"""Executions as rows of one table: the partition is the organisation, the key says what for.

=====================  =========================================================================
``a:ID``               an execution that is not over; the only row it has
``e:ID``               one that is over, never changed again
``w:WORKFLOW:ID``      the same in short, to list by workflow
``u:HASH:ID``          the same in short, to list by caller
``s:STATUS:ID``        the same in short, to list by status
``k:HASH``             an idempotency key and the execution it led to
=====================  =========================================================================

All of a partition can be written in one transaction, so an execution ends in one request: its
active row goes as the others come. Beginning takes one plain insert, which is what a caller waits
for. Ids sort newest first, so every range is a list, newest first.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from funcyard.workflows.executions.model import Execution, Failure, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, Any]

ACTIVE: Final = "a"
ENDED: Final = "e"
KEY: Final = "IdempotencyRow"
"""Column of an execution's row: the key of the row of its idempotency key."""

_AFTER_COLON: Final = ";"
"""The sign that comes after a colon: the end of a range of keys."""

_PLAIN: Final = tuple(
    one.name
    for one in fields(Execution)
    if one.name not in {"organization", "id", "status", "failure", "notes"}
)


def to_row(execution: Execution, prefix: str) -> Row:
    """Return an execution as a row without payloads; prefix is its key up to the id."""
    row: Row = {
        "PartitionKey": execution.organization,
        "RowKey": f"{prefix}:{execution.id}",
        "Status": execution.status.value,
        "Notes": json.dumps(execution.notes, ensure_ascii=False),
    }
    for name in _PLAIN:
        value = getattr(execution, name)
        if value is not None:
            row[_column(name)] = value
    if execution.failure is not None:
        row["FailureKind"] = execution.failure.kind
        row["FailureMessage"] = execution.failure.message
    return row


def to_index_rows(execution: Execution) -> list[Row]:
    """Return the rows that list an ended execution."""
    return [
        to_row(execution, f"w:{execution.workflow}"),
        to_row(execution, f"u:{hashed(execution.caller)}"),
        to_row(execution, f"s:{execution.status.value}"),
    ]


def from_row(row: Mapping[str, Any]) -> Execution:
    """Return the execution of a row."""
    values = {name: _plain(row[_column(name)]) for name in _PLAIN if _column(name) in row}
    failure = None
    if "FailureKind" in row:
        trace = row.get("FailureTraceback", "")
        failure = Failure(row["FailureKind"], row["FailureMessage"], trace)
    return Execution(
        organization=row["PartitionKey"],
        id=row["RowKey"].rpartition(":")[2],
        status=Status(row["Status"]),
        failure=failure,
        notes=tuple(json.loads(row["Notes"])),
        **values,
    )


def range_of(prefix: str, after: str = "") -> tuple[str, str]:
    """Return the keys between which a list's rows are, both left out.

    Args:
        prefix: The keys up to the id.
        after: The last id that is known already.
    """
    return f"{prefix}:{after}", f"{prefix}{_AFTER_COLON}"


def hashed(text: str) -> str:
    """Return a text as a key can hold it: keys refuse some signs, and long ones."""
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """Return a time without what the client adds to it."""
    return datetime.combine(value.date(), value.timetz()) if isinstance(value, datetime) else value


def _column(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
