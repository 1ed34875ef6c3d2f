"""Adopts what lies in the view: a person edited it there, and a version is made of it.

Where the view was left halfway, what an older version still shows of itself is no edit: such a path
gets the current version's content, so that nobody adopts a mixture.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from funcyard.workspace.case_collisions import case_collisions
from funcyard.workspace.paths import InvalidPathError, ReservedPathError, check_path
from funcyard.workspace.source import LeftOut
from funcyard.workspace.store.base import ChangedWhileReadError, NoSuchPathError
from funcyard.workspace.sync.changes import changes
from funcyard.workspace.sync.result import SyncResult
from funcyard.workspace.sync.scanning import items
from funcyard.workspace.versions.origin import AdoptOrigin
from funcyard.workspace.versions.tree import empty_folders, parents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from funcyard.workspace.store.base import Item, Store
    from funcyard.workspace.sync.draft import Draft
    from funcyard.workspace.sync.session import Session
    from funcyard.workspace.versions.manifest import File

MOST_BYTES = 10 << 20
"""A larger file is not adopted."""


async def adopt(session: Session, store: Store, by: str) -> SyncResult:
    """Publish what the view holds.

    Args:
        session: Of the scope.
        store: Where the view is.
        by: Who adopts it.

    Raises:
        LeaseLostError: The lease was lost before anything was published.
        StoreError: The view cannot be read.
        AzureFailedError: Storage refuses or cannot be reached.
    """
    state, base = session.lease.state, session.base
    older = await _shown_in_part(session)
    async with session.draft() as draft:
        with session.stage("scan"):
            files, folders, left_out = await _read(session, store, draft)
        if base is not None and older:
            files = _finished(files, base.files, older)
        taken = {folder for path in files for folder in parents(path)}
        directories = empty_folders(files, folders | taken)
        what = changes({} if base is None else base.files, files)
        published = None
        if base is None or files != base.files or directories != base.directories:
            with session.stage("store"):
                published = await draft.publish(files, directories, AdoptOrigin(by))
    # What was published is what was there; what was edited since is for the next time.
    await session.leave_out(left_out, shown=not older)
    moved, fault = await session.show()
    return SyncResult(
        scope=state.scope,
        version=session.lease.state.current,
        published=published is not None,
        origin=AdoptOrigin(by),
        changes=what,
        left_out=tuple(left_out),
        stored=0 if published is None else published.stored,
        view=moved,
        view_fault=fault,
        seconds=session.seconds,
    )


async def _read(
    session: Session, store: Store, draft: Draft
) -> tuple[dict[str, File], set[str], list[LeftOut]]:
    """Read everything that lies in the scope's root."""
    files: dict[str, File] = {}
    folders: set[str] = set()
    left_out: list[LeftOut] = []
    found: dict[str, Item] = {}
    async for path, item in items(store, session.lease.state.scope, left_out):
        if reason := _refusal(path, item):
            left_out.append(reason)
        else:
            found[path] = item
    published = () if session.base is None else session.base.paths
    for path, other in case_collisions(found, published).items():
        del found[path]
        left_out.append(LeftOut(path, "case-collision", f"{other} differs only by case"))
    for path, item in found.items():
        if item.is_directory:
            folders.add(path)
        else:
            with suppress(NoSuchPathError, ChangedWhileReadError):  # what changes is seen next time
                content = b"".join([chunk async for chunk in store.read(item.path)])
                files[path] = await draft.content(content)
    return files, folders, _outermost(left_out)


def _outermost(left_out: Iterable[LeftOut]) -> list[LeftOut]:
    """Return what is left out, sorted, without what lies in a folder that is."""
    by_path = {one.path: one for one in left_out}
    return [by_path[path] for path in sorted(by_path) if by_path.keys().isdisjoint(parents(path))]


def _refusal(path: str, item: Item) -> LeftOut | None:
    try:
        check_path(path)
    except ReservedPathError as fault:
        return LeftOut(path, "reserved", fault.message)
    except InvalidPathError as fault:
        return LeftOut(path, "invalid-path", fault.message)
    if (item.size or 0) > MOST_BYTES:
        return LeftOut(path, "too-large", f"it has {item.size} bytes of at most {MOST_BYTES}")
    return None


async def _shown_in_part(session: Session) -> list[Mapping[str, File]]:
    """Return the versions of which the view may still show something, where it is halfway."""
    state = session.lease.state
    if state.view_clean or state.current is None:
        return []
    older = [one.files for one in await session.maybe_shown() if one.number != state.current.number]
    return older if state.view is not None else [{}, *older]


def _finished(
    files: dict[str, File], base: Mapping[str, File], older: Sequence[Mapping[str, File]]
) -> dict[str, File]:
    """Return the files with what is only left of older versions brought to the current one."""
    result = {}
    for path in files.keys() | base.keys():
        here = _hash(files.get(path))
        left_over = any(_hash(one.get(path)) == here for one in older)
        file = base.get(path) if left_over else files.get(path)
        if file is not None:
            result[path] = file
    return result


def _hash(file: File | None) -> str | None:
    return None if file is None else file.sha256
