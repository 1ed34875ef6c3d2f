"""What a command is given in a file or on standard input: read no further than is taken."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from funcyard.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


class SourceError(UsageError):
    """What is given cannot be read, or is more than the platform takes."""

    code = "workspace-source"


def shown(source: Path) -> str:
    """Return what a source is called."""
    return "standard input" if str(source) == "-" else str(source)


def content_of(source: Path, most: int) -> bytes:
    """Return what a source holds; ``-`` is standard input.

    A pipe is read as well, and a device that never ends is read no further than the limit.

    Args:
        source: The file.
        most: How many bytes it may hold.

    Raises:
        SourceError: It cannot be read, or holds more.
    """
    try:
        if str(source) == "-":
            content = sys.stdin.buffer.read(most + 1)
        else:
            with source.open("rb") as file:
                content = file.read(most + 1)
    except OSError as fault:
        raise SourceError(f"{shown(source)} cannot be read: {fault.strerror}") from None
    if len(content) > most:
        raise SourceError(f"{shown(source)} holds more than {most:,} bytes")
    return content
