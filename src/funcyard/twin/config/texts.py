"""The text of a file in a twin's folder, read within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.plain_files import open_bytes
from funcyard.twin.config.json_tree import LONGEST, JsonFault

if TYPE_CHECKING:
    from pathlib import Path


def read_text(folder: Path, file: str) -> str | None:
    """Return what a file holds, None where there is none.

    Raises:
        JsonFault: It cannot be read, leaves the folder, is too large or no text.
    """
    try:
        path = folder / file
        if not path.resolve(strict=True).is_relative_to(folder.resolve()):
            raise JsonFault("lies outside of the twin's folder, or is a link that leaves it", 0, 0)
        with open_bytes(path) as opened:
            content = opened.read(LONGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise JsonFault("is a symbolic link to nothing", 0, 0) from None
        return None
    except (OSError, RuntimeError, ValueError) as fault:
        # RuntimeError: a loop of symbolic links; ValueError: a null byte in the path.
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else "a loop"
        reason = "its name holds a null byte" if isinstance(fault, ValueError) else reason
        raise JsonFault(f"cannot be read: {reason}", 0, 0) from fault
    if len(content) > LONGEST:
        raise JsonFault(f"larger than {LONGEST // 1024} KiB", 0, 0)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = content[: fault.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        message = f"not UTF-8 text: byte 0x{content[fault.start]:02x}"
        raise JsonFault(message, before.count(b"\n") + 1, column) from fault
