"""Cuts a file of ``raw`` into chunks in ``queued``.

The whole file is checked before the first chunk is written. Names of chunks follow from the file's
content, so cutting it again writes the same blobs again and nothing else.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from announcing import Announcement
from azure.core.exceptions import ResourceNotFoundError
from data_utils import rows, settings, storage
from data_utils.chunk import Chunk, generation_of, version_of
from data_utils.errors import InputError
from data_utils.records import Status, Subject, hop, write_status


@dataclass(frozen=True)
class Facts:
    """What is known of a file once it has been read to its end."""

    version: str
    rows: int
    chunks: int


def split(announced: Announcement) -> Facts:
    """Cut the announced file.

    Raises:
        InputError: The file is gone or wrong; its status is ``failed`` then.
    """
    subject = Subject(announced.filename, job=announced.job)
    chunk_rows = settings.whole_number("CHUNK_ROWS", default=500, low=1, high=100_000)
    with hop("orchestrator", "split", subject) as running, TemporaryDirectory() as folder:
        path = Path(folder, "file.csv")
        generation = _download(subject.file, path)
        facts = inspect(path, chunk_rows)
        running.subject = subject = replace(subject, version=facts.version)
        running.rows_in = facts.rows
        write_status(subject, Status.QUEUED, processed_rows=facts.rows, chunks=facts.chunks)
        for number, first_row, text, count in cut(path, chunk_rows):
            chunk = Chunk(
                file=subject.file,
                version=facts.version,
                number=number,
                chunks=facts.chunks,
                first_row=first_row,
                rows=count,
                generation=generation,
                job=subject.job,
            )
            storage.store(storage.QUEUED, chunk.name, text.encode(), chunk.metadata())
            running.rows_out += count
        running.details["chunks"] = facts.chunks
    return facts


def inspect(path: Path, chunk_rows: int) -> Facts:
    """Read a file to its end and return what it is.

    Raises:
        InputError: Some line of it is wrong.
    """
    with path.open("rb") as binary:
        content = hashlib.file_digest(binary, "sha256")
    with rows.open_path(path) as text:
        _, found = rows.read(text)
        count = sum(1 for _ in found)
    return Facts(version_of(content.hexdigest(), chunk_rows), count, -(-count // chunk_rows))


def cut(path: Path, chunk_rows: int) -> Iterator[tuple[int, int, str, int]]:
    """Yield each chunk's number, first row, text with the header, and count of rows."""
    with rows.open_path(path) as text:
        header, found = rows.read(text)
        number, first_row = 1, 1
        while piece := list(islice(found, chunk_rows)):
            yield number, first_row, rows.write(header, piece), len(piece)
            number, first_row = number + 1, first_row + len(piece)


def _download(filename: str, path: Path) -> str:
    """Write the file's content to a path and return its generation."""
    read = datetime.now(UTC)
    try:
        download = storage.blob(storage.RAW, filename).download_blob()
    except ResourceNotFoundError as fault:
        raise InputError(
            f"{filename!r} is no longer in {storage.RAW}", code="not-in-raw", status=404
        ) from fault
    with path.open("wb") as binary:
        download.readinto(binary)
    return generation_of(download.properties.last_modified, read)
