"""Three-way merge of one text: as it was generated, as it is, as it would be generated now.

``git merge-file`` does the merge; a conflict that it reports is then taken apart by lines
(``hunks.py``), so that markers remain only where both sides changed the same lines.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from funcyard.errors import UserError
from funcyard.project.hunks import Hunk, refined

_ERROR = 128
_TEXT_PROBE = 8000


class GitMissingError(UserError):
    """A merge is needed and ``git`` is not installed."""

    code = "git-missing"


class MergeFailedError(UserError):
    """``git merge-file`` ended with an error of its own."""

    code = "merge-failed"


@dataclass(frozen=True, slots=True)
class Merged:
    """The result of a merge: the text, and how many places in it are marked as conflicts."""

    content: bytes
    conflicts: int


def is_binary(content: bytes) -> bool:
    """Tell whether Git would take ``content`` for binary: a null byte among its first 8000."""
    return b"\0" in content[:_TEXT_PROBE]


def uses_crlf(content: bytes) -> bool:
    """Tell whether every line of ``content`` ends as on Windows."""
    return b"\r\n" in content and content.count(b"\r\n") == content.count(b"\n")


def to_lf(content: bytes) -> bytes:
    """Return ``content`` with Unix line ends."""
    return content.replace(b"\r\n", b"\n")


def to_crlf(content: bytes) -> bytes:
    """Return ``content``, which has Unix line ends, with Windows line ends."""
    return content.replace(b"\n", b"\r\n")


def merge(ours: bytes, base: bytes, theirs: bytes) -> Merged:
    """Merge three texts, none of them binary.

    Args:
        ours: What lies on the disk.
        base: What was generated before.
        theirs: What would be generated now.

    Raises:
        GitMissingError: ``git`` is not installed.
        MergeFailedError: ``git merge-file`` failed.
    """
    longest = max(len(line) for text in (ours, base, theirs) for line in text.split(b"\n"))
    size = longest + 1  # no line of the texts can be taken for a marker
    pieces: list[bytes | Hunk] = []
    for piece in _pieces(_git_merge(ours, base, theirs, size), size):
        pieces += refined(piece) if isinstance(piece, Hunk) else [piece]
    return Merged(
        b"".join(piece.marked() if isinstance(piece, Hunk) else piece for piece in pieces),
        sum(isinstance(piece, Hunk) for piece in pieces),
    )


def _git_merge(ours: bytes, base: bytes, theirs: bytes, size: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="funcyard-merge-") as folder:
        for name, content in (("ours", ours), ("base", base), ("theirs", theirs)):
            Path(folder, name).write_bytes(content)
        command = ["git", "merge-file", "--stdout", "--quiet", "--diff3"]
        command += [f"--marker-size={size}", "ours", "base", "theirs"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603 - fixed arguments, no shell
        except FileNotFoundError as fault:
            raise GitMissingError(
                "git is needed to merge your edits with what is generated, and is not installed",
                hint="install git, for example: apt-get install git",
            ) from fault
    if not 0 <= done.returncode < _ERROR:
        reason = done.stderr.decode(errors="replace").strip() or f"exit {done.returncode}"
        raise MergeFailedError(f"git merge-file failed: {reason}")
    return done.stdout


def _pieces(text: bytes, size: int) -> list[bytes | Hunk]:
    """Split the output of ``git merge-file`` into merged text and conflicts."""
    opened, middle, parted, closed = (sign * size for sign in (b"<", b"|", b"=", b">"))
    found: list[bytes | Hunk] = []
    plain: list[bytes] = []
    sides: list[list[bytes]] = []
    for line in _lines(text):
        head = line[:size]
        if head == opened:
            found.append(b"".join(plain))
            plain, sides = [], [[]]
        elif head in (middle, parted):
            sides.append([])
        elif head == closed:
            ours, base, theirs = sides
            found.append(Hunk(ours, base, theirs))
            sides = []
        else:
            (sides[-1] if sides else plain).append(line)
    return [*found, b"".join(plain)]


def _lines(text: bytes) -> list[bytes]:
    """Split after line feeds only: a lone carriage return is part of its line."""
    *ended, last = text.split(b"\n")
    return [line + b"\n" for line in ended] + ([last] if last else [])
