"""A memory file as it is shown: without Funcyard's own comments and without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.project.memory.markdown import text_lines
from funcyard.project.memory.secrets import withhold
from funcyard.project.memory.storing import UnreadableError, read_text

if TYPE_CHECKING:
    from pathlib import Path


def shown(path: Path) -> str | None:
    """Return the text to show of a memory file, None where there is none or it is no text."""
    try:
        text = read_text(path)
    except UnreadableError:
        return None
    return None if text is None else withhold("\n".join(text_lines(text)))[0]
