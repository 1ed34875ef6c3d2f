"""Files replaced as a whole: a reader sees the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


_SHORT: Final = 40
"""Characters of a name that its temporary one has: what is added has room, whatever they are."""


def write_atomically(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace a file, making its folder where there is none.

    Args:
        path: The file.
        text: What it shall hold.
        mode: Its permission bits from the first byte on.

    Raises:
        OSError: It cannot be written; what was there is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path, mode=mode) as file:
        file.write(text.encode())


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file against others who hold it, while it is read, changed and replaced.

    What holds it is a file beside it, for the file itself is another one after each replacement.

    Args:
        path: The file, there or not; its folder must be.

    Raises:
        OSError: Nothing can be written beside it.
    """
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def replaced(path: Path, *, mode: int = 0o644) -> Iterator[IO[bytes]]:
    """Yield a file that can be read and written, and takes the place of another after the block.

    Args:
        path: The other, which need not be there; its folder must.
        mode: Its permission bits from the first byte on.

    Raises:
        OSError: It cannot be written. Then, and where the block fails, what was there is untouched.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_SHORT]}.")
    try:
        with os.fdopen(descriptor, "w+b") as file:
            os.fchmod(file.fileno(), mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
