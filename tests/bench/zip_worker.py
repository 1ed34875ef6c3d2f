"""Streams a version as a ZIP file, and tells what that took in time and memory.

It reads ``{connection, scope, target, watched}`` as JSON from its standard input. Memory is the
proportional set size, looked at a hundred times a second where it is watched, which takes time of
its own; *idle* is after the same program has read the manifest of the version and packed a little
of it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import threading
import time
from contextlib import aclosing
from pathlib import Path
from typing import Self

import psutil

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.archive import archive
from funcyard.workspace.scopes import Scope
from funcyard.workspace.versions.storage import Versions

_EVERY_SECONDS = 0.01


class Memory:
    """The most that this process held while the block ran, where it is watched."""

    def __init__(self, *, watched: bool) -> None:
        self.most = 0
        self._watched = watched
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        if self._watched:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._watched:
            self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            self.most = max(self.most, held())


def held() -> int:
    """Return this process's proportional set size."""
    return int(psutil.Process().memory_full_info().pss)


async def main() -> None:
    """Pack as told."""
    told = json.loads(sys.stdin.readline())
    target = Path(told["target"])
    account = StorageAccount.from_connection_string(told["connection"])
    async with account.blobs() as blobs, account.tables() as tables:
        versions = Versions(blobs, tables)
        current = await versions.current(Scope(told["scope"]))
        assert current is not None
        async with aclosing(archive(versions.contents, current[1])) as pieces:
            await anext(pieces)
        gc.collect()
        idle = held()
        size, began, worked = 0, time.perf_counter(), time.process_time()
        memory = Memory(watched=told["watched"])
        with target.open("wb") as file, memory:  # noqa: ASYNC230 - does nothing else
            async with aclosing(archive(versions.contents, current[1])) as pieces:
                async for piece in pieces:
                    file.write(piece)
                    size += len(piece)
        seconds, work = time.perf_counter() - began, time.process_time() - worked
    said = {"seconds": seconds, "work": work, "above": memory.most - idle, "size": size}
    print(json.dumps(said))


if __name__ == "__main__":
    asyncio.run(main())
