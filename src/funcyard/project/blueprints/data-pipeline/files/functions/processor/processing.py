"""Transforms one chunk of ``queued``, writes it to ``processed`` and delivers it to the loader.

The chunk leaves ``queued`` last of all. Whatever is interrupted before that is done again from the
start, and every step gives the same when it is repeated.
"""

from dataclasses import replace

from data_utils import rows, storage
from data_utils.batch import open_batch, subject_of
from data_utils.errors import InputError
from data_utils.records import Status, hop, write_status
from data_utils.transform import transform
from delivery import deliver

APP = "processor"


def process(name: str) -> dict[str, object]:
    """Process the blob of that name and return what the loader says of it.

    Raises:
        InputError: There is no such blob, or it is no proper chunk.
        DeliveryError: The loader cannot be reached or refuses the chunk.
    """
    subject = subject_of(name)
    content = storage.fetch(storage.QUEUED, name)
    if content is None:
        if storage.exists(storage.LOADED, name):
            return {"filename": name, "status": "already loaded"}
        raise InputError(
            f"there is no {name!r} in {storage.QUEUED}", code="not-in-queued", status=404
        )
    subject = subject_of(name, content)
    with hop(APP, "process", subject) as running:
        batch = open_batch(name, content)
        chunk = batch.chunk
        running.subject = subject = replace(subject, version=chunk.version)
        running.rows_in = len(batch.rows)
        header, transformed = transform(batch.header, batch.rows)
        text = rows.write(header, transformed)
        storage.store(storage.PROCESSED, chunk.name, text.encode(), chunk.metadata())
        running.rows_out = chunk.rows
        write_status(subject, Status.PROCESSED, processed_rows=chunk.rows)
    with hop(APP, "deliver", subject) as running:
        running.rows_in = chunk.rows
        answer = deliver(chunk.name)
        running.rows_out = chunk.rows
        running.details["attempts"] = answer.attempts
    storage.remove(storage.QUEUED, name, content)
    return {**answer.body, "filename": name}
