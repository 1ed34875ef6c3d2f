"""The state of a stack in a folder of this machine.

``state.json`` is the state after its ``sequence``; ``journal.jsonl`` holds what came since, one
entry a line, synced before the call that it announces; ``key`` hashes secrets; ``lock`` is held by
whoever deploys, and given up by the kernel for the dead. All are readable by their owner only.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
from typing import TYPE_CHECKING, Final

from funcyard.atomic import write_atomically
from funcyard.deploy import entries
from funcyard.deploy.folder_reading import JOURNAL, KEY, KEY_BYTES, STATE, load, seal_of, stack_of
from funcyard.deploy.sealing import Seal
from funcyard.deploy.store import (
    Journal,
    Standing,
    StateLockedError,
    StateNotWrittenError,
    Store,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

_LOCK: Final = "lock"


class FolderStore(Store):
    """Keeps a stack's state in a folder."""

    def __init__(self, folder: Path, stack: str) -> None:
        """Mean a folder, which need not be there yet, and a stack by its name."""
        self._folder = folder
        self._stack = stack

    async def read(self) -> Standing:
        """Return the state, also while a deployment goes on; changes nothing."""
        state, _ = load(self._folder, self._stack)
        return Standing(state, seal_of(self._folder) or Seal(secrets.token_bytes(KEY_BYTES)))

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Journal]:
        """Hold the state alone, until the context ends or the process does."""
        with contextlib.ExitStack() as held:
            with _writing(self._folder):
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                held.enter_context(_lock(self._folder))
            state, whole = load(self._folder, self._stack)
            with _writing(self._folder):
                seal = seal_of(self._folder) or _new_seal(self._folder)
                descriptor = _opened(self._folder / JOURNAL, whole)
            held.callback(os.close, descriptor)
            is_named = stack_of(self._folder) == self._stack
            yield FolderJournal(self._folder, descriptor, Standing(state, seal), is_named=is_named)


class FolderJournal(Journal):
    """The journal of a folder that is held."""

    def __init__(
        self, folder: Path, descriptor: int, standing: Standing, *, is_named: bool
    ) -> None:
        """Go on with a journal, open for appending, at its end; its state may name the stack."""
        self._folder = folder
        self._descriptor = descriptor
        self._length = os.fstat(descriptor).st_size
        self._is_named = is_named
        self.state = standing.state
        self.seal = standing.seal

    async def write(self, entry: entries.Entry) -> None:
        """Write an entry so that it is still there after a kill or a power cut."""
        number = self.state.sequence + 1
        line = entries.spelled(number, entry).encode()
        with _writing(self._folder):
            if not self._is_named:  # entries do not say whose they are
                self._write_state()
            try:
                # What a full disk left of an entry before this one must not stay in between.
                os.ftruncate(self._descriptor, self._length)
                _write_all(self._descriptor, line)
                os.fsync(self._descriptor)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._descriptor, self._length)
                raise
        self._length += len(line)
        self.state = entries.after(self.state, number, entry)

    async def compact(self) -> None:
        """Put the state in the place of the entries that led to it."""
        with _writing(self._folder):
            self._write_state()
            os.ftruncate(self._descriptor, 0)
            self._length = 0

    def _write_state(self) -> None:
        write_atomically(self._folder / STATE, self.state.as_json(), mode=0o600)
        _sync_folder(self._folder)
        self._is_named = True


def _new_seal(folder: Path) -> Seal:
    key = secrets.token_bytes(KEY_BYTES)
    write_atomically(folder / KEY, key.hex(), mode=0o600)
    return Seal(key)


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            raise StateLockedError(
                f"process {holder or '?'} is deploying with the state in {folder}",
                hint="wait until it has ended, or end it; then resume",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        full = fault.errno in (errno.ENOSPC, errno.EDQUOT)
        raise StateNotWrittenError(
            f"the state in {folder} cannot be written: {fault.strerror or fault}",
            hint="free some space, then resume" if full else None,
        ) from fault


def _opened(path: Path, whole: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, whole)
        os.fsync(descriptor)
        _sync_folder(path.parent)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(descriptor: int, content: bytes) -> None:
    left = content
    while left:
        left = left[os.write(descriptor, left) :]
