"""The rows of one blob with the facts of their chunk: what processor and loader work on."""

import hashlib
from dataclasses import dataclass

from data_utils import rows
from data_utils.chunk import Chunk, generation_of, read_chunk, version_of
from data_utils.errors import InputError
from data_utils.names import chunk_name
from data_utils.records import Subject
from data_utils.rows import Row
from data_utils.storage import Content


@dataclass(frozen=True)
class Batch:
    """A chunk and its rows."""

    chunk: Chunk
    header: Row
    rows: list[Row]


def subject_of(name: str, content: Content | None = None) -> Subject:
    """Return what records say of a blob, as far as its name and metadata tell it."""
    job = content.metadata.get("job", "") if content else ""
    parts = chunk_name(name)
    if parts is None:
        return Subject(name, job=job, chunk=1)
    return Subject(parts.file, job=job, version=parts.version, chunk=parts.number)


def open_batch(name: str, content: Content) -> Batch:
    """Return the batch that a blob holds; a whole file put there by hand is its own only chunk.

    Raises:
        InputError: The blob is not what its name and metadata say, or no proper CSV.
    """
    chunk = read_chunk(name, content.metadata)
    header, found = rows.read(rows.open_bytes(content.data))
    batch = list(found)
    if chunk is None:
        chunk = Chunk(
            file=name,
            version=version_of(hashlib.sha256(content.data).hexdigest(), chunk_rows=0),
            number=1,
            chunks=1,
            first_row=1,
            rows=len(batch),
            generation=generation_of(content.modified, content.modified),
        )
    if chunk.rows != len(batch):
        raise InputError(
            f"{name!r} has {len(batch)} rows and should have {chunk.rows}",
            code="wrong-row-count",
            status=422,
        )
    return Batch(chunk, header, batch)
