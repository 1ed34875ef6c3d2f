"""Contents out of a cache, through one ``git cat-file --batch``, each held against its own id.

The pipe is the backpressure: Git reads on only as fast as what it wrote was taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from typing import TYPE_CHECKING

from funcyard.workspace.git.failures import CacheBrokenError
from funcyard.workspace.git.process import cancelled, started

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from funcyard.workspace.git.process import Git, Running


async def blobs(
    repository: Path, object_ids: Sequence[str], *, git: Git
) -> AsyncGenerator[tuple[str, bytes], None]:
    """Yield each id and its content, in the order asked for.

    Raises:
        CacheBrokenError: One is missing, cannot be read, or is not what its id says.
    """
    if not object_ids:
        return
    async with started(git, ["cat-file", "--batch"], repository=repository) as running:
        asking = asyncio.create_task(_ask(running, object_ids))
        ignoring = asyncio.create_task(_ignore(running))
        try:
            for object_id in object_ids:
                yield object_id, await _answer(running.output, object_id)
        finally:
            await cancelled(asking, ignoring)


async def _ask(running: Running, object_ids: Sequence[str]) -> None:
    with contextlib.suppress(ConnectionError):  # its answers then end, which is told
        for object_id in object_ids:
            running.given.write(f"{object_id}\n".encode())
            await running.given.drain()
    running.given.close()


async def _ignore(running: Running) -> None:
    while await running.said.read(4096):
        pass


async def _answer(stream: asyncio.StreamReader, object_id: str) -> bytes:
    try:
        head = (await stream.readuntil(b"\n")).split()
        if head[:2] != [object_id.encode(), b"blob"]:
            raise CacheBrokenError(f"File content {object_id} is missing from the cache.")
        content = (await stream.readexactly(int(head[2]) + 1))[:-1]
    except asyncio.IncompleteReadError:
        raise CacheBrokenError(f"File content {object_id} cannot be read.") from None
    named = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    named.update(content)
    if named.hexdigest() != object_id:
        raise CacheBrokenError(f"File content {object_id} is not what its id says.")
    return content
