"""Branches whose commits are made in the test: what a sync asks of a repository, and no more."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.errors import FuncyardError
from funcyard.workspace.source import LeftOut, SourceFile
from funcyard.workspace.sync.draft import git_object_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping

Files = dict[str, bytes]


@dataclass
class Tree:
    """A commit's tree."""

    revision: str
    files: tuple[SourceFile, ...]
    left_out: tuple[LeftOut, ...]
    found: Mapping[str, bytes]
    breaks_after: int | None = None
    read: list[str] = field(default_factory=list)

    async def contents(self, object_ids: Iterable[str]) -> AsyncIterator[tuple[str, bytes]]:
        for one in object_ids:
            if len(self.read) == self.breaks_after:
                raise FuncyardError("the connection broke off")
            self.read.append(one)
            yield one, self.found[one]


@dataclass
class Branch:
    """A branch; ``push`` moves it."""

    repository: str = "https://github.com/contoso/workflows"
    branch: str = "main"
    commits: dict[str, Files] = field(default_factory=dict)
    at: str = ""
    left_out: tuple[LeftOut, ...] = ()
    asked: Callable[[], None] | None = None
    pause: asyncio.Event | None = None
    fault: FuncyardError | None = None
    breaks_after: int | None = None
    last: Tree | None = None

    def push(self, files: Mapping[str, bytes]) -> str:
        """Commit files and return the commit."""
        told = f"{len(self.commits)}{sorted(files.items())}".encode()
        self.at = hashlib.sha1(told, usedforsecurity=False).hexdigest()
        self.commits[self.at] = dict(files)
        return self.at

    async def head(self) -> str:
        if self.asked is not None:
            self.asked()
        return self.at

    async def tree(self, commit: str, published: Collection[str] = ()) -> Tree:
        del published  # nothing clashes but what a test says
        if self.pause is not None:
            await self.pause.wait()
        if self.fault is not None:
            raise self.fault
        files = self.commits[commit]
        self.last = Tree(
            revision=commit,
            files=tuple(
                SourceFile(path, len(content), git_object_id(content))
                for path, content in sorted(files.items())
            ),
            left_out=self.left_out,
            found={git_object_id(content): content for content in files.values()},
            breaks_after=self.breaks_after,
        )
        return self.last
