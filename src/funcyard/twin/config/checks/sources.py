"""A file of a person's code, read within bounds and parsed, never run."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from funcyard.plain_files import open_bytes
from funcyard.twin.config.findings import Fault
from funcyard.twin.config.json_tree import LONGEST

if TYPE_CHECKING:
    from pathlib import Path


def parsed(folder: Path, file: str) -> ast.Module | Fault:
    """Return the tree of a file, or why there is none.

    Args:
        folder: The twin's.
        file: The file's path in it.
    """
    try:
        with open_bytes(folder / file) as opened:
            content = opened.read(LONGEST + 1)
        if len(content) > LONGEST:
            return Fault(file, (), f"larger than {LONGEST // 1024} KiB")
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(content, filename=file)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        said = fault.msg if isinstance(fault, SyntaxError) else str(fault)
        line = f"line {fault.lineno}: " if isinstance(fault, SyntaxError) and fault.lineno else ""
        return Fault(file, (), f"{line}{said}")
