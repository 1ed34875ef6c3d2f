"""The two tables that record what happens to a file.

``AuditLog`` has one entity for each hop that ended, well or not: who, what, when, rows in and out.
``ProcessingStatus`` has one for each change of a file's or a chunk's status; the file's own have
chunk 0. Both have the file's name as PartitionKey and sort by time.
"""

import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from azure.core.exceptions import AzureError, ResourceExistsError

from data_utils import settings, storage

AUDIT_LOG = "AuditLog"
PROCESSING_STATUS = "ProcessingStatus"

_LONGEST_MESSAGE = 2_000
_log = logging.getLogger(__name__)


class Status(StrEnum):
    """Where a file or a chunk stands."""

    ANNOUNCED = "announced"
    QUEUED = "queued"
    PROCESSED = "processed"
    LOADED = "loaded"
    COMPLETED = "completed"
    SUPERSEDED = "superseded"
    FAILED = "failed"


@dataclass(frozen=True)
class Subject:
    """What a record is about: a file, or with a number from 1 one of its chunks."""

    file: str
    job: str = ""
    version: str = ""
    chunk: int = 0


@dataclass
class Hop:
    """What a hop reports of itself while it runs."""

    app: str
    name: str
    subject: Subject
    rows_in: int = 0
    rows_out: int = 0
    outcome: str = "ok"
    details: dict[str, int | str] = field(default_factory=dict)
    environment: str = field(default_factory=settings.environment)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.perf_counter)


@contextmanager
def hop(app: str, name: str, subject: Subject) -> Iterator[Hop]:
    """Write what happens inside to ``AuditLog``; a fault also to ``ProcessingStatus``.

    Args:
        app: The function app.
        name: Of the hop: announce, split, process, deliver or load.
        subject: What it works on; the hop may make it more precise.
    """
    running = Hop(app, name, subject)
    try:
        yield running
    except Exception as fault:
        running.outcome = Status.FAILED
        message = str(fault)[:_LONGEST_MESSAGE] or type(fault).__name__
        try:
            _audit(running, message)
            write_status(running.subject, Status.FAILED, error_message=message)
        except AzureError:
            _log.exception("cannot record that %s failed", running.subject)
        raise
    _audit(running, "")


def write_status(
    subject: Subject,
    status: Status,
    *,
    processed_rows: int = 0,
    chunks: int = 0,
    error_message: str = "",
) -> None:
    """Append a status; a moment that is taken already is left to whoever took it."""
    now = datetime.now(UTC)
    entity: dict[str, int | str] = {
        "PartitionKey": subject.file,
        "status": status,
        "error_message": error_message,
        "processed_rows": processed_rows,
        "chunk": subject.chunk,
        "chunks": chunks,
        "version": subject.version,
        "job": subject.job,
    }
    while True:
        try:
            storage.table(PROCESSING_STATUS).create_entity({**entity, "RowKey": stamp(now)})
        except ResourceExistsError:
            now += timedelta(microseconds=1)
        else:
            return


def stamp(moment: datetime) -> str:
    """Return a moment in UTC so that text sorts as time does."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _audit(running: Hop, message: str) -> None:
    seconds = time.perf_counter() - running.clock
    storage.table(AUDIT_LOG).create_entity(
        {
            "PartitionKey": running.subject.file,
            "RowKey": f"{stamp(running.started)}_{running.name}_{uuid.uuid4().hex[:8]}",
            "app": running.app,
            "hop": running.name,
            "chunk": running.subject.chunk,
            "version": running.subject.version,
            "job": running.subject.job,
            "status": running.outcome,
            "error_message": message,
            "rows_in": running.rows_in,
            "rows_out": running.rows_out,
            "started": running.started,
            "finished": running.started + timedelta(seconds=seconds),
            "seconds": round(seconds, 6),
            "environment": running.environment,
            **running.details,
        }
    )
