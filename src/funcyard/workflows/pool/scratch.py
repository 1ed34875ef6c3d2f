"""Temporary folders of worker processes, gone with them, also after the engine was killed.

An engine locks its own folder for as long as it lives. Whoever starts removes the folders that
nobody holds any more.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_PREFIX: Final = "engine-"
_LOCK: Final = "lock"


class Scratch:
    """The folder of one engine.

    Args:
        root: Where the folders of all engines of this machine are; made where there is none.
    """

    def __init__(self, root: Path) -> None:
        self._own = root / f"{_PREFIX}{uuid.uuid4().hex}"
        self._own.mkdir(parents=True, mode=0o711)  # workers may be of another user
        self._descriptor = _hold(self._own)
        _sweep(root)

    def make(self, name: str) -> Path:
        """Make and return a folder."""
        folder = self._own / name
        folder.mkdir(mode=0o700)
        return folder

    def close(self) -> None:
        """Remove everything; safe to call twice."""
        if self._descriptor is not None:
            shutil.rmtree(self._own, ignore_errors=True)
            os.close(self._descriptor)
            self._descriptor = None


def remove(folder: Path) -> None:
    """Remove a folder and what is in it, as far as that is allowed."""
    shutil.rmtree(folder, ignore_errors=True)


def _hold(folder: Path) -> int | None:
    """Lock a folder for as long as the process lives; return None where another holds it."""
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _sweep(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}*"):
        try:
            if (held := _hold(folder)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)
        except OSError:
            continue  # another engine removes it at this moment
