"""Looks at a workspace by sound connections: is every version whole, and does the view show it?"""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.bench.soak.promises import PATIENCE, BrokenPromiseError
from tests.bench.soak.spot import edited, pushed

from funcyard.workspace.paths import LEFTOVER_PREFIX
from funcyard.workspace.versions.origin import EditOrigin, GitHubOrigin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.sync.engine import Workspace
    from funcyard.workspace.versions.manifest import Manifest
    from funcyard.workspace.versions.name import VersionName


@dataclass
class VersionJudge:
    """Proves the versions of one scope.

    Attributes:
        workspace: Which, by sound connections.
        scope: Whose.
        folder: Where the view lies.
        commits: The number of the tree of each commit.
        proved: Versions that were found whole, all ancestors of each other.
        repaired: How often the view had to be brought right.
    """

    workspace: Workspace
    scope: Scope
    folder: Path
    commits: Mapping[str, int]
    proved: set[VersionName] = field(default_factory=set)
    repaired: int = 0

    async def judge(self, told: set[VersionName]) -> None:
        """Prove everything; what instances were told of has to be among it.

        Raises:
            BrokenPromiseError: It does not hold.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            async with self.workspace.session(self.scope, wait=PATIENCE) as opened:
                state = opened.lease.state
                if state.current is None:
                    break
                if state.view_clean and state.view == state.current:
                    # Nobody can publish now, so view and version must be the same.
                    manifest = await self._prove_chain(state.current)
                    await self._prove_view(manifest)
                    break
                _, fault = await opened.show()
                self.repaired += fault is None
                if fault is not None and time.monotonic() > deadline:
                    raise BrokenPromiseError(f"the view does not come right: {fault}")
        if lost := told - self.proved:
            raise BrokenPromiseError(f"published and lost: {sorted(map(str, lost))}")

    async def prove_kept(self) -> int:
        """Prove the contents of every version that can be rolled back to; return how many."""
        versions = self.workspace.versions
        kept = (await versions.ledger.read(self.scope)).kept
        for entry in kept:
            manifest = await versions.library.load(self.scope, entry.name)
            if damaged := await versions.contents.damaged(manifest):
                raise BrokenPromiseError(f"{entry.name.short} misses {len(damaged)} contents")
        return len(kept)

    async def _prove_chain(self, current: VersionName) -> Manifest:
        """Prove every version from the current one back to what was proved before."""
        library = self.workspace.versions.library
        newest = manifest = await library.load(self.scope, current)
        if damaged := await self.workspace.versions.contents.damaged(newest):
            raise BrokenPromiseError(f"{current.short} misses {len(damaged)} contents")
        name: VersionName | None = current
        while name is not None and name not in self.proved:
            manifest = await library.load(self.scope, name)
            parent = manifest.parent
            before = None if parent is None else await library.load(self.scope, parent)
            await self._prove_whole(name, manifest, before)
            self.proved.add(name)
            name = parent
        if name is None and len(self.proved) != newest.number:
            raise BrokenPromiseError("the chain of versions is not one")
        return newest

    async def _prove_view(self, manifest: Manifest) -> None:
        root = self.folder / self.scope.root
        shown = {
            str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*")
            if not path.name.startswith(LEFTOVER_PREFIX) and path.is_file()
        }
        if shown != _hashes(manifest):
            raise BrokenPromiseError(f"the view does not show version {manifest.number}")

    async def _prove_whole(
        self, name: VersionName, manifest: Manifest, before: Manifest | None
    ) -> None:
        held = _hashes(manifest)
        match manifest.origin:
            case GitHubOrigin(commit=commit):
                async with asyncio.timeout(PATIENCE):
                    while commit not in self.commits:  # noqa: ASYNC110 - it was just pushed
                        await asyncio.sleep(0.01)
                wanted = {
                    path: hashlib.sha256(content).hexdigest()
                    for path, content in pushed(self.commits[commit]).items()
                }
            case EditOrigin(by=by, path=path):
                wanted = {} if before is None else _hashes(before)
                wanted[path] = hashlib.sha256(edited(by)).hexdigest()
            case other:
                raise BrokenPromiseError(f"{name.short} is of a {other.kind} that nobody made")
        if held != wanted:
            raise BrokenPromiseError(f"{name.short} is a mixture")


def _hashes(manifest: Manifest) -> dict[str, str]:
    return {path: file.sha256 for path, file in manifest.files.items()}
