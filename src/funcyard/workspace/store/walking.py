"""A tree walked folder by folder, several at once: what both stores do alike, also to sweep it.

Each folder's listing is one call that takes a while; the listings of folders found so far run
beside each other, and each is yielded when it is there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.workspace.paths import (
    InvalidPathError,
    check_path,
    is_leftover,
    is_name,
    join,
    printable,
)
from funcyard.workspace.source import LeftOut

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
    from datetime import timedelta

    from funcyard.workspace.store.base import Item

_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds.

    Attributes:
        items: What is of the workspace.
        leftovers: Files that are being written aside, or were when their writer died.
        left_out: What no workspace can hold, by its path from the store's root, and why.
    """

    items: tuple[Item, ...]
    leftovers: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]

    @classmethod
    def of(cls, folder: str, found: Iterable[Item], strange: Iterable[LeftOut] = ()) -> Listing:
        """Sort what was found in a folder; names that cannot be a workspace's are left out.

        Args:
            folder: The folder.
            found: Files and folders in it.
            strange: What else is in it.
        """
        items, leftovers, left_out = [], [], list(strange)
        for item in found:
            name = item.path[len(join(folder, "")) :]
            if is_leftover(name):
                leftovers.append(item)
            elif is_name(name):
                items.append(item)
            else:
                left_out.append(_refused(item.path, name))
        whole = tuple(item for item in leftovers if not item.is_directory)
        return cls(tuple(items), whole, tuple(left_out))


async def items(
    path: str,
    list_folder: Callable[[str], Awaitable[Listing]],
    left_out: list[LeftOut] | None = None,
) -> AsyncIterator[Item]:
    """Yield everything below a folder: see :meth:`~funcyard.workspace.store.base.Store.walk`."""
    async for listing in listings(path, list_folder):
        if left_out is not None:
            left_out += listing.left_out
        for item in listing.items:
            yield item


async def leftovers(
    path: str, list_folder: Callable[[str], Awaitable[Listing]], *, older_than: timedelta
) -> AsyncIterator[Item]:
    """Yield what writers below a folder left aside that long ago."""
    latest = datetime.now(UTC) - older_than
    async for listing in listings(path, list_folder):
        for leftover in listing.leftovers:
            if leftover.modified <= latest:
                yield leftover


async def listings(
    path: str, list_folder: Callable[[str], Awaitable[Listing]]
) -> AsyncIterator[Listing]:
    """Yield the listing of a folder and of every folder below it, each after the one it is in.

    Args:
        path: The folder to begin with; the root where it is empty.
        list_folder: Lists a folder; nothing where it is not there.
    """
    waiting = deque([path])
    running: set[asyncio.Task[Listing]] = set()
    try:
        while waiting or running:
            while waiting and len(running) < _AT_ONCE:
                running.add(asyncio.ensure_future(list_folder(waiting.popleft())))
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                listing = task.result()
                waiting.extend(item.path for item in listing.items if item.is_directory)
                yield listing
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _refused(path: str, name: str) -> LeftOut:
    try:
        check_path(name)
    except InvalidPathError as fault:
        return LeftOut(printable(path), "invalid-path", fault.message)
    raise ValueError(f"{name!a} is a name")
