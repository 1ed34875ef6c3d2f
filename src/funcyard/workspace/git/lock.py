"""One fetcher at a time: a lock on a file beside the cache, which the kernel gives up for the dead.

Git's own processes keep the lock's descriptor open. When the fetching process is killed, what it
started still writes into the cache for a moment; until that has ended, too, nobody else begins.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING, Final

from funcyard.workspace.git.failures import CacheBusyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

_PAUSE_SECONDS: Final = 0.02


@contextlib.asynccontextmanager
async def locked(path: Path, *, patience: float) -> AsyncIterator[int]:
    """Hold the lock and yield its descriptor, to be handed to every process that writes.

    Args:
        path: Of the lock file, which is made and stays.
        patience: How many seconds to wait for another holder.

    Raises:
        CacheBusyError: It was held by another for longer.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + patience
        while not _taken(descriptor):
            if time.monotonic() > until:
                raise CacheBusyError(
                    f"Another fetch of the same repository did not end within {patience:g} seconds."
                )
            await asyncio.sleep(_PAUSE_SECONDS)
        yield descriptor
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
