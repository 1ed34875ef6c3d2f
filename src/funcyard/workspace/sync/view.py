"""Brings the view, the tree of files that people and tools see, to what a version holds.

The view follows: nothing that runs or is read depends on it. Where the ledger says that it shows a
version whole, only what differs is touched. Else it is somewhere in between, because a worker died
or the store failed, or it was never written, and everything in it is listed and compared.
Either way what no version held is kept: see :mod:`.keeping`.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from funcyard.workspace.paths import fold, parent_of
from funcyard.workspace.store.base import NoSuchPathError, PathTakenError
from funcyard.workspace.sync.bounded import Bounded
from funcyard.workspace.sync.keeping import Keeping
from funcyard.workspace.sync.scanning import scan
from funcyard.workspace.sync.steps import Shown, steps
from funcyard.workspace.versions.contents import by_place
from funcyard.workspace.versions.manifest import EMPTY_SHA256

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence

    from funcyard.errors import FuncyardError
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.store.base import Store
    from funcyard.workspace.sync.keeping import Kept
    from funcyard.workspace.sync.progress import Report
    from funcyard.workspace.sync.steps import Building, Clearing
    from funcyard.workspace.versions.contents import Contents
    from funcyard.workspace.versions.manifest import Manifest

_AT_ONCE: Final = 16
_LEFT_BEHIND: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was done to a view.

    Attributes:
        written: Files that were written, sorted.
        removed: Files and folders that were removed, sorted.
        bytes: What was written.
        kept: What no version held and would have been replaced or removed.
    """

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    bytes: int = 0
    kept: tuple[Kept, ...] = ()


class View:
    """The view on a store.

    Args:
        store: Where it is.
        contents: Of the versions.

    Attributes:
        faults: Why it could not be brought to a scope's version last, of those where that failed.
    """

    def __init__(self, store: Store, contents: Contents) -> None:
        self.faults: dict[Scope, FuncyardError] = {}
        self._store = store
        self._contents = contents

    async def show(
        self,
        manifest: Manifest,
        *,
        before: Manifest | None,
        shown: Sequence[Manifest],
        fresh: Mapping[str, bytes],
        check: Callable[[], None],
        report: Report,
    ) -> Moved:
        """Bring a scope's view to a version.

        Args:
            manifest: The version.
            before: The version that the view shows whole; None where it shows none.
            shown: The versions of which it may show something.
            fresh: Contents that are at hand, by hash.
            check: Called before each step: raises where the lease was lost.
            report: Told of each file.

        Raises:
            LeaseLostError: The lease was lost; whoever has it now goes on.
            ContentDamagedError: A content that has to be written is damaged.
            StoreError: The store refuses or does not answer; nothing is removed after that.
            AzureFailedError: The contents cannot be read.
        """
        keeping = Keeping(self._store, manifest.scope, [*shown, manifest])
        work = _Showing(self._store, self._contents, keeping, manifest, fresh, check, report)
        if before is not None:
            try:
                return await work.turn(Shown.of(before))
            except (NoSuchPathError, PathTakenError):
                pass  # somebody changed the view by hand: look what is there
        await work.prepare()
        return await work.turn(await scan(self._store, manifest.scope, manifest, check))


class _Showing:
    def __init__(
        self,
        store: Store,
        contents: Contents,
        keeping: Keeping,
        manifest: Manifest,
        fresh: Mapping[str, bytes],
        check: Callable[[], None],
        report: Report,
    ) -> None:
        self._store = store
        self._contents = contents
        self._keeping = keeping
        self._removed: set[str] = set()
        self._manifest = manifest
        self._fresh = fresh
        self._check = check
        self._report = report

    async def prepare(self) -> None:
        """Make the scope's root, and clear what killed writers left in it."""
        root = self._manifest.scope.root
        await self._store.prepare()
        if parent_of(root):
            await self._store.make_directory(parent_of(root))
        await self._store.make_directory(root)
        await self._store.sweep(root, older_than=_LEFT_BEHIND)

    async def turn(self, have: Shown) -> Moved:
        todo = steps(have, Shown.of(self._manifest))
        self._report("view", 0, len(todo.written))
        await self._build(todo.build)
        await self._clear(todo.clear, todo.in_the_way)
        await self._build(todo.rebuild)
        await self._clear(todo.remove)
        await self._store.flush()
        files = self._manifest.files
        return Moved(
            written=tuple(sorted(todo.written)),
            removed=tuple(sorted(self._removed - set(todo.written))),
            bytes=sum(files[path].size for path in todo.written),
            kept=tuple(self._keeping.kept),
        )

    async def _build(self, building: Building) -> None:
        for folder in building.folders:
            self._check()
            await self._keeping.make_directory(folder)
        paths: dict[str, list[str]] = {}
        for path in building.files:
            paths.setdefault(self._manifest.files[path].sha256, []).append(path)
        done = 0
        async with Bounded(_AT_ONCE) as writing, aclosing(self._read(paths)) as reading:
            async for sha256, content in reading:
                for path in paths[sha256]:
                    await writing.start(self._write(path, content))
                    done += 1
                    self._report("view", done, len(building.files))

    async def _read(self, wanted: Iterable[str]) -> AsyncGenerator[tuple[str, bytes]]:
        """Yield contents: first those at hand, then the others as they lie in their packs."""
        missing = []
        for sha256 in wanted:
            if sha256 == EMPTY_SHA256:
                yield sha256, b""
            elif (content := self._fresh.get(sha256)) is not None:
                yield sha256, content
            else:
                missing.append(sha256)
        reading = self._contents.read(self._manifest, by_place(self._manifest, missing))
        async with aclosing(reading):
            async for pair in reading:
                yield pair

    async def _write(self, path: str, content: bytes) -> None:
        self._check()
        await self._keeping.write(path, content)

    async def _clear(self, clearing: Clearing, in_the_way: Collection[str] = ()) -> None:
        async with Bounded(_AT_ONCE) as removing:
            for path in clearing.files:
                await removing.start(self._remove(path, in_the_way))
        for folder in clearing.folders:
            self._check()
            if await self._keeping.remove_directory(folder, in_the_way=fold(folder) in in_the_way):
                self._removed.add(folder)

    async def _remove(self, path: str, in_the_way: Collection[str]) -> None:
        self._check()
        if await self._keeping.remove_file(path, in_the_way=fold(path) in in_the_way):
            self._removed.add(path)
