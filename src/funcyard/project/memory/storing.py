"""Memory files on the disk: read with limits, written whole or not at all, broken ones set aside.

A folder is locked through its own descriptor while it is read and written, so that two commands at
once cannot lose each other's lines and no lock file appears among a person's files.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.project.memory.document import Document
from funcyard.project.memory.markdown import MalformedError, parse, render, text_lines
from funcyard.project.memory.model import Recovery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

MOST_BYTES = 1_000_000


class MemoryUnwritableError(UserError):
    """The memory cannot be written where it lies."""

    code = "memory-unwritable"


class UnreadableError(ValueError):
    """A memory file cannot be understood.

    Attributes:
        text: Its text as far as there is one, for what can be saved of it.
    """

    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(reason)
        self.text = text


def read_text(path: Path) -> str | None:
    """Return the text of a memory file, None where there is none.

    Raises:
        UnreadableError: It is a link, a folder, too large, not text, or denied.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as fault:
        reason = "it is a symbolic link" if path.is_symlink() else str(fault.strerror).lower()
        raise UnreadableError(reason) from fault
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("it is no regular file")
        if status.st_size > MOST_BYTES:
            raise UnreadableError(f"it is larger than {MOST_BYTES // 1000} kB")
        content = file.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise UnreadableError("it is not UTF-8 text") from fault
    if "\0" in text:
        raise UnreadableError("it is binary")
    return text


def read_document(path: Path) -> Document | None:
    """Return the document at ``path``, None where there is none.

    Raises:
        UnreadableError: It cannot be understood; carries what text there is.
    """
    text = read_text(path)
    if text is None:
        return None
    try:
        return parse(text)
    except MalformedError as fault:
        raise UnreadableError(str(fault), text) from fault


def open_document(
    path: Path, *, now: datetime, expected: bool
) -> tuple[Document, list[str], Recovery | None]:
    """Return the document at ``path`` to be brought up to date, a broken one set aside first.

    Args:
        path: A memory file.
        now: Named in the copy of a broken file.
        expected: Whether its absence is worth reporting.

    Returns:
        The document (empty when new), the lines that facts may be read from (of a broken file
        too), and what was recovered.
    """
    try:
        document = read_document(path)
    except UnreadableError as fault:
        aside = _set_aside(path, now)
        return Document(), text_lines(fault.text), Recovery(path.name, str(fault), aside)
    if document is None:
        lost = Recovery(path.name, "it was missing", None) if expected else None
        return Document(), [], lost
    return document, document.lines, None


def write_document(path: Path, document: Document) -> None:
    """Write ``document`` to ``path``: complete under its name, or not at all.

    Raises:
        MemoryUnwritableError: The disk is full, or the folder may not be written.
    """
    with writing(path.parent):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(render(document))
                file.flush()
                os.fchmod(file.fileno(), _mode(path))
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make ``folder`` and hold it for this process until the block ends.

    Raises:
        MemoryUnwritableError: The folder cannot be made.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the system says against writing in ``folder`` into an error for a person."""
    try:
        yield
    except OSError as fault:
        raise MemoryUnwritableError(
            f"the memory in {folder} cannot be written: {fault.strerror}",
            hint="make room or give access, or name another store with --memory DIR",
        ) from fault


def _set_aside(path: Path, now: datetime) -> str:
    stem = f"{path.name}.corrupt-{now:%Y%m%d-%H%M%S}"
    names = (stem if not number else f"{stem}-{number}" for number in range(1000))
    aside = next(
        path.with_name(name) for name in names if not os.path.lexists(path.with_name(name))
    )
    with writing(path.parent):
        path.rename(aside)
    return aside.name


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return 0o644
