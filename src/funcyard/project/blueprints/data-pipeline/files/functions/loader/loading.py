"""Loads one chunk of ``processed`` and moves its blob to ``loaded``.

The order is: load, copy, record, delete. Interrupted anywhere, the same call completes it: loading
again changes no row, copying again writes the same blob, and the delete comes last.
"""

from collections.abc import Mapping
from dataclasses import replace

from data_utils import names, storage
from data_utils.batch import open_batch, subject_of
from data_utils.errors import InputError
from data_utils.records import Status, hop, write_status
from external import Outcome, connect, database


def load(name: str) -> Mapping[str, object]:
    """Load the blob of that name and return what it changed.

    Raises:
        InputError: There is no such blob, or it is no proper chunk.
    """
    subject = subject_of(name)
    content = storage.fetch(storage.PROCESSED, name)
    if content is None:
        # Whoever removed it had loaded it: it is removed last.
        if storage.exists(storage.LOADED, name):
            return {"filename": name, "status": "already loaded"}
        raise InputError(
            f"there is no {name!r} in {storage.PROCESSED}", code="not-in-processed", status=404
        )
    subject = subject_of(name, content)
    with hop("loader", "load", subject) as running:
        batch = open_batch(name, content)
        running.subject = subject = replace(subject, version=batch.chunk.version)
        running.rows_in = len(batch.rows)
        with connect(database()) as external:
            outcome = external.load(batch)
        if outcome.superseded:
            running.outcome = Status.SUPERSEDED
            write_status(subject, Status.SUPERSEDED)
        else:
            storage.store(storage.LOADED, name, content.data, content.metadata)
            running.rows_out = len(batch.rows)
            running.details.update(outcome.counts())
            write_status(subject, Status.LOADED, processed_rows=len(batch.rows))
    if outcome.completed:
        write_status(
            replace(subject, chunk=0),
            Status.COMPLETED,
            processed_rows=outcome.file_rows,
            chunks=batch.chunk.chunks,
        )
    storage.remove(storage.PROCESSED, name, content)
    return _answer(name, outcome)


def loaded_file(filename: str) -> Mapping[str, object]:
    """Return what the external system holds of a file.

    Raises:
        InputError: The name is not allowed, or the file is not there, or not yet whole.
    """
    with connect(database()) as external:
        found = external.published(names.file_name(filename))
    if found is None:
        raise InputError(f"{filename!r} is not loaded", code="not-loaded", status=404)
    return found


def _answer(name: str, outcome: Outcome) -> Mapping[str, object]:
    if outcome.superseded:
        return {"filename": name, "status": Status.SUPERSEDED}
    return {
        "filename": name,
        "status": Status.LOADED,
        "completed": outcome.completed,
        **outcome.counts(),
    }
