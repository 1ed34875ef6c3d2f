"""Bringing one commit from a server into a cache, and no more than that.

The commit is asked for by its id, without history. A server that gives only what a branch or tag
points to is asked for the branch, deeper and deeper, until the commit is among what came. What
arrives is watched while it grows. No ref is written: nothing points to what is not yet verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.workspace.git.branches import valid_branch
from funcyard.workspace.git.failures import (
    CacheBrokenError,
    CommitHiddenError,
    NoSuchBranchError,
    NoSuchCommitError,
    RepositoryTimeoutError,
    RepositoryTooLargeError,
    failure,
)
from funcyard.workspace.git.objects import has_commit, verify
from funcyard.workspace.git.process import run
from funcyard.workspace.git.progress import ProgressReader
from funcyard.workspace.git.settings import access

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.workspace.git.address import RepositoryUrl
    from funcyard.workspace.git.limits import Limits
    from funcyard.workspace.git.process import Git
    from funcyard.workspace.git.progress import Progress
    from funcyard.workspace.git.token import Token

_STEPS: Final = (1, 50, 250)
_COMMAND: Final = (
    "fetch",
    "--progress",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
)


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetches from one server into one cache, whose lock is held.

    Attributes:
        repository: The cache.
        url: Of the server's repository.
        git: The program.
        limits: What is refused.
        token: Who we are to the server.
        lock: Descriptor of the cache's lock.
        progress: Called with each step.
    """

    repository: Path
    url: RepositoryUrl
    git: Git
    limits: Limits
    token: Token | None
    lock: int
    progress: Callable[[Progress], None] | None

    async def bring(self, commit: str, *, branch: str | None) -> None:
        """Make sure that the commit is in the cache, complete.

        Raises:
            CacheBrokenError: It came and is not complete.
            CacheFullError: The disk is full.
            NoSuchCommitError: The server does not have it, or not on that branch.
            RepositoryTooLargeError: More came than may.
            GitError: The fetch failed otherwise, as told by its class.
        """
        if not await self._has(commit):
            try:
                await self._fetch(commit, depth=1)
            except CommitHiddenError:
                if branch is None:
                    raise
                await self._search(commit, valid_branch(branch))
            if not await self._has(commit):
                raise CacheBrokenError(f"Commit {commit} was fetched and cannot be read.")
        await verify(self.repository, commit, git=self.git)

    async def _search(self, commit: str, branch: str) -> None:
        most = self.limits.depth
        for depth in [*(step for step in _STEPS if step < most), most]:
            try:
                await self._fetch(f"refs/heads/{branch}", depth=depth)
            except NoSuchCommitError as fault:
                raise NoSuchBranchError(f"{self.url} has no branch {branch!r}.") from fault
            if await self._has(commit):
                return
        raise NoSuchCommitError(
            f"Commit {commit} is not among the last {most} of branch {branch!r} of {self.url}.",
            hint="The server gives only what is on a branch; was it removed by a force-push?",
        )

    async def _fetch(self, what: str, *, depth: int) -> None:
        before = set(self._received())
        command = [*_COMMAND, f"--depth={depth}", "--", str(self.url), what]

        def watch() -> None:
            self._measure(before)

        try:
            ran = await run(
                self.git,
                command,
                repository=self.repository,
                settings=access(self.url, self.token),
                hold=[self.lock],
                heard=None if self.progress is None else ProgressReader(self.progress),
                watch=watch,
            )
        except RepositoryTimeoutError as fault:
            raise RepositoryTimeoutError(f"{self.url}: {fault.message}") from None
        if ran.status:
            raise failure(ran.said, url=self.url, token=self.token)
        watch()

    async def _has(self, commit: str) -> bool:
        return await has_commit(self.repository, commit, git=self.git)

    def _received(self) -> dict[str, int]:
        sizes = {}
        for path in (self.repository / "objects" / "pack").glob("*pack*"):
            try:
                sizes[path.name] = path.stat().st_size
            except FileNotFoundError:  # renamed by Git in this moment
                continue
        return sizes

    def _measure(self, before: set[str]) -> None:
        came = sum(size for name, size in self._received().items() if name not in before)
        if came > self.limits.pack_bytes:
            raise RepositoryTooLargeError(
                f"{self.url} sends more than {self.limits.pack_bytes:,} bytes for one commit.",
                hint="Keep large files out of the repository, or raise the limit.",
            )
