"""Keeps what no version held: the platform removes from a view only what it wrote there itself.

A file may be replaced or removed where its content is, by its hash, one that a version has at that
path which the view may show. Anything else is a person's: an edit that nobody adopted, a file that
no version can hold, a link. Where it is in nobody's way it stays; where the version has something
else to put, it is moved aside, into the platform's own folder, and that is told.
"""

from __future__ import annotations

import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.workspace.paths import join
from funcyard.workspace.store.base import NoSuchPathError, PathTakenError
from funcyard.workspace.versions.tree import parents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.store.base import Known, Store
    from funcyard.workspace.versions.manifest import Manifest

ASIDE: Final = ".funcyard/aside"
"""Where a scope's root has what was moved aside."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """Something of a person's that a version would have had replaced or removed.

    Attributes:
        path: Where it was, from the scope's root.
        at: Where it is now; the same where it stayed.
    """

    path: str
    at: str


class Keeping:
    """Writes and removes in a scope's view, and keeps what no version held.

    Attributes:
        kept: What was kept, in the order in which it was come upon.

    Args:
        store: Where the view is.
        scope: Whose.
        shown: The versions of which the view may show something.
    """

    def __init__(self, store: Store, scope: Scope, shown: Sequence[Manifest]) -> None:
        self.kept: list[Kept] = []
        self._store = store
        self._scope = scope
        self._files = [one.files for one in shown]
        self._folders = {folder for one in shown for folder in one.folders()}

    async def write(self, path: str, content: bytes) -> None:
        """Write a file; what stands there and is no version's is moved aside.

        Raises:
            NoSuchPathError: The folder it is in is not there.
            StoreError: The store refuses or does not answer.
        """
        place, over = self._scope.place(path), self._known(path)
        try:
            await self._store.write(place, content, over=over)
        except PathTakenError:
            await self._move_aside(path)
            await self._store.write(place, content, over=over)

    async def make_directory(self, path: str) -> None:
        """Make a folder; a file or link that stands there is moved aside.

        Raises:
            NoSuchPathError: The folder it is in is not there.
            StoreError: The store refuses or does not answer.
        """
        place = self._scope.place(path)
        try:
            await self._store.make_directory(place)
        except PathTakenError:
            await self._move_aside(path)
            await self._store.make_directory(place)

    async def remove_file(self, path: str, *, in_the_way: bool) -> bool:
        """Remove a file; return False where it is no version's, and was kept.

        Args:
            path: Of the file.
            in_the_way: Whether something else has to stand there: then it is moved aside.

        Raises:
            StoreError: The store refuses or does not answer.
        """
        if known := self._known(path):
            with suppress(PathTakenError):
                await self._store.remove_file(self._scope.place(path), only=known)
                return True
        if in_the_way:
            await self._move_aside(path)
        elif known:
            self._keep(path, path)
        return False

    async def remove_directory(self, path: str, *, in_the_way: bool) -> bool:
        """Remove a folder; return False where it holds what is no version's, and was kept.

        Args:
            path: Of the folder.
            in_the_way: Whether something else has to stand there: then it is moved aside.

        Raises:
            StoreError: The store refuses or does not answer.
        """
        if path in self._folders:
            with suppress(PathTakenError):
                await self._store.remove_directory(self._scope.place(path))
                return True
        if in_the_way:
            await self._move_aside(path)
        return False

    def _known(self, path: str) -> Known:
        held = (files[path] for files in self._files if path in files)
        return {file.sha256: file.size for file in held}

    async def _move_aside(self, path: str) -> None:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        to = join(f"{ASIDE}/{moment}-{secrets.token_hex(4)}", path)
        for folder in reversed(list(parents(to))):
            await self._store.make_directory(self._scope.place(folder))
        with suppress(NoSuchPathError):  # it went meanwhile
            await self._store.move(self._scope.place(path), self._scope.place(to))
            self._keep(path, to)

    def _keep(self, path: str, at: str) -> None:
        self.kept.append(Kept(path, at))
        where = "it stays" if at == path else f"it is kept as {self._scope.place(at)!a}"
        _log.warning("what lay at %a is no version's: %s", self._scope.place(path), where)
