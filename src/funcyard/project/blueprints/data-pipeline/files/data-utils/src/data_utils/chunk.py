"""A part of a file on its way: its name, its facts, and how they travel as blob metadata."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data_utils.errors import InputError
from data_utils.names import VERSION_LENGTH, ChunkName, chunk_name


@dataclass(frozen=True)
class Chunk:
    """What every hop knows of the rows it is given.

    Attributes:
        file: Name of the file in ``raw``.
        version: Names the file's content and how it was cut; see :func:`version_of`.
        number: Which chunk this is, from 1.
        chunks: How many chunks the version has.
        first_row: Number of its first row in the file, from 1, the header not counted.
        rows: How many rows it has.
        generation: Orders versions: the later one sorts higher. See :func:`generation_of`.
        job: The announcement that caused it; empty for a file put into ``queued`` by hand.
    """

    file: str
    version: str
    number: int
    chunks: int
    first_row: int
    rows: int
    generation: str
    job: str = ""

    @property
    def name(self) -> str:
        """Name of its blob, the same in every container."""
        return str(ChunkName(self.file, self.version, self.number))

    def metadata(self) -> dict[str, str]:
        """Return the facts that its name does not hold, as metadata of its blob."""
        facts = {
            "chunks": str(self.chunks),
            "first_row": str(self.first_row),
            "rows": str(self.rows),
            "generation": self.generation,
        }
        return {**facts, "job": self.job} if self.job else facts


def read_chunk(name: str, metadata: Mapping[str, str]) -> Chunk | None:
    """Return the chunk that a blob holds, or None where the blob is a whole file.

    Raises:
        InputError: The name is not allowed, or the metadata is lost or wrong.
    """
    parts = chunk_name(name)
    if parts is None:
        return None
    try:
        chunk = Chunk(
            file=parts.file,
            version=parts.version,
            number=parts.number,
            chunks=int(metadata["chunks"]),
            first_row=int(metadata["first_row"]),
            rows=int(metadata["rows"]),
            generation=metadata["generation"],
            job=metadata.get("job", ""),
        )
    except (KeyError, ValueError) as fault:
        raise InputError(
            f"the blob {name!r} has lost its metadata: announce {parts.file!r} again",
            code="no-metadata",
            status=422,
        ) from fault
    if not 1 <= chunk.number <= chunk.chunks or chunk.first_row < 1 or chunk.rows < 1:
        raise InputError(f"the metadata of {name!r} is wrong", code="bad-metadata", status=422)
    return chunk


def version_of(content_sha256: str, chunk_rows: int) -> str:
    """Return the version: the same content cut the same way always has the same.

    Args:
        content_sha256: Of the file's bytes, in hexadecimal.
        chunk_rows: Rows in a chunk; 0 for a file that is not cut.
    """
    return hashlib.sha256(f"{content_sha256} {chunk_rows}".encode()).hexdigest()[:VERSION_LENGTH]


def generation_of(uploaded: datetime, read: datetime) -> str:
    """Return what orders two versions: when the file was uploaded, then when it was read.

    Storage tells the first to the second only; the other decides within the same second.
    """
    return f"{uploaded:%Y%m%dT%H%M%S}-{read:%Y%m%dT%H%M%S%f}"
