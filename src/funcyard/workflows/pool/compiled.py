"""Compiled code of workspaces' files, kept from one version to the next on this machine's disk.

Workers read it (:mod:`funcyard.workflows.worker.compiling`); only an engine writes it, and engines
of one machine share it. An entry is the hash of the code and the code, under the hash of the file
that it was compiled from; it is written aside and renamed, so it is whole or not there.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import re
import uuid
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

CAPACITY: Final = 256 << 20
"""How many bytes are kept, unless it is told."""

_TAG: Final = re.compile(r"[0-9a-f]{8}-[0-9]")
_KEY: Final = re.compile(r"[0-9a-f]{64}")
_READ_ONLY: Final = 0o444
_CLOSED: Final = 0o711
"""Workers may be of another user; they know the names of what they may read."""


class CompiledCode:
    """A folder of code.

    Args:
        root: The folder; made where there is none.
        capacity: How many bytes are kept.
    """

    def __init__(self, root: Path, capacity: int = CAPACITY) -> None:
        self.root = root
        self._capacity = capacity
        self._size: int | None = None

    def keep(self, told: list[dict[str, Any]]) -> None:
        """Keep code that a worker has told before it ran anything else (blocks; call in a thread).

        A disk that is full or refuses is no fault: the next worker compiles it again.

        Args:
            told: Messages ``code``; one that is none is left out.
        """
        with contextlib.suppress(OSError):
            if self._size is None:
                self._size = self._cleared()
            for message in told:
                self._size += self._keep(message)
            if self._size > self._capacity:
                self._size = self._cleared()

    def _keep(self, message: dict[str, Any]) -> int:
        tag, key = str(message.get("tag")), str(message.get("key"))
        if not _TAG.fullmatch(tag) or not _KEY.fullmatch(key):
            return 0
        try:
            code = base64.b64decode(message["code"], validate=True)
        except (KeyError, TypeError, binascii.Error, ValueError):
            return 0
        folder = self.root / tag
        folder.mkdir(parents=True, exist_ok=True)
        for each in (self.root, folder):
            each.chmod(_CLOSED)
        aside = self.root / f"aside-{uuid.uuid4().hex}"
        data = hashlib.sha256(code).digest() + code
        try:
            aside.write_bytes(data)
            aside.chmod(_READ_ONLY)
            aside.rename(folder / key)
        finally:
            aside.unlink(missing_ok=True)
        return len(data)

    def _cleared(self) -> int:
        """Remove the oldest where there is too much, down to half; return what is left."""
        found = []
        for folder in self.root.glob("*-[0-9]"):
            with os.scandir(folder) as entries:
                for entry in entries:
                    with contextlib.suppress(OSError):
                        facts = entry.stat()
                        found.append((facts.st_mtime, facts.st_size, entry.path))
        size = sum(one for _, one, _ in found)
        if size <= self._capacity:
            return size
        for _, one, path in sorted(found):
            if size <= self._capacity // 2:
                break
            with contextlib.suppress(OSError):
                os.unlink(path)  # noqa: PTH108 - as scandir tells it
                size -= one
        return size
