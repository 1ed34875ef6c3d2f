"""What a view really holds, read from the store."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.workspace.paths import PLATFORM_FOLDERS, fold
from funcyard.workspace.store.base import ChangedWhileReadError, NoSuchPathError
from funcyard.workspace.sync.bounded import Bounded
from funcyard.workspace.sync.steps import Shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.source import LeftOut
    from funcyard.workspace.store.base import Item, Store
    from funcyard.workspace.versions.manifest import Manifest

_AT_ONCE: Final = 8


async def items(
    store: Store, scope: Scope, left_out: list[LeftOut] | None = None
) -> AsyncIterator[tuple[str, Item]]:
    """Yield what lies in a scope's root, by its path from there; the platform's folders left out.

    Args:
        store: Where it lies.
        scope: Whose root.
        left_out: Takes what no workspace can hold, by its path from the scope's root.

    Raises:
        StoreError: The store refuses or does not answer.
    """
    prefix = f"{scope.root}/"
    strange: list[LeftOut] = []
    async for item in store.walk(scope.root, left_out=strange):
        path = item.path[len(prefix) :]
        if path and not _is_platforms(path):
            yield path, item
    if left_out is not None:
        found = (replace(one, path=one.path[len(prefix) :]) for one in strange)
        left_out += [one for one in found if not _is_platforms(one.path)]


def _is_platforms(path: str) -> bool:
    return fold(path.partition("/")[0]) in PLATFORM_FOLDERS


async def scan(
    store: Store, scope: Scope, expected: Manifest | None, check: Callable[[], None]
) -> Shown:
    """Return what a scope's root holds.

    A file is read, and its hash told, only where it may be the expected one by its path and size.

    Args:
        store: Where the view is.
        scope: Whose.
        expected: The version that it shall show.
        check: Called before each file; what it raises ends the scan.

    Raises:
        StoreError: The store refuses or does not answer.
    """
    files: dict[str, str | None] = {}
    folders = set()

    async def prove(path: str) -> None:
        check()
        files[path] = await content_hash(store, scope.place(path))

    async with Bounded(_AT_ONCE) as reading:
        async for path, item in items(store, scope):
            if item.is_directory:
                folders.add(path)
                continue
            files[path] = None
            file = expected.files.get(path) if expected is not None else None
            if file is not None and file.size == item.size:
                await reading.start(prove(path))
    return Shown(files, frozenset(folders))


async def content_hash(store: Store, place: str) -> str | None:
    """Return the hash of a file in the store; None where it went or changed meanwhile."""
    digest = hashlib.sha256()
    try:
        async for chunk in store.read(place):
            digest.update(chunk)
    except (NoSuchPathError, ChangedWhileReadError):
        return None
    return digest.hexdigest()
