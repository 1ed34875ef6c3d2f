"""The bare repository that one remote's commits are fetched into, kept between fetches.

``fetch`` takes the lock, makes sure the commit is there and whole, reads its tree, and notes it as
one of the last few that were asked for: the server then sends only what is new against those.
What was cut off by a kill is removed first. A cache that turns out broken, by whatever cause, is
thrown away and fetched anew once; only then is the failure told.

Whoever may read the folder may read the code without a token, so it is the owner's alone (0700),
and parties that must not see each other's code have roots of their own.
"""

from __future__ import annotations

import asyncio
import errno
import re
import secrets
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.workspace.git.failures import (
    CacheBrokenError,
    CacheFullError,
    GitError,
    RepositoryTooLargeError,
    failure,
)
from funcyard.workspace.git.fetching import Fetch
from funcyard.workspace.git.limits import Limits
from funcyard.workspace.git.lock import locked
from funcyard.workspace.git.objects import valid_commit
from funcyard.workspace.git.process import Git, Ran, run
from funcyard.workspace.git.tree import BROKEN_MARK, open_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from funcyard.workspace.git.address import RepositoryUrl
    from funcyard.workspace.git.progress import Progress
    from funcyard.workspace.git.token import Token
    from funcyard.workspace.git.tree import GitTree

_KEPT_COMMITS: Final = 8
_MOST_PACKS: Final = 64
_REFS: Final = "refs/funcyard"
_REF: Final = re.compile(r"[0-9a-f]{8}")
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class RepositoryCache:
    """The cache of one repository below a root that may hold many.

    Attributes:
        root: Folder of caches; made if it is not there.
        url: Of the repository.
        git: The program.
        limits: What is refused.
        patience: How many seconds to wait for another fetch into the same cache.
    """

    root: Path
    url: RepositoryUrl
    git: Git = field(default_factory=Git)
    limits: Limits = field(default_factory=Limits)
    patience: float = 600

    @property
    def path(self) -> Path:
        """Folder of the bare repository."""
        return self.root / self.url.key

    async def fetch(
        self,
        commit: str,
        *,
        branch: str | None = None,
        token: Token | None = None,
        progress: Callable[[Progress], None] | None = None,
        published: Collection[str] = (),
    ) -> GitTree:
        """Bring a commit and return its tree, complete and verified.

        The server is not asked when the commit is there already.

        Args:
            commit: Its id.
            branch: On which it is looked for where the server gives no commit by its id.
            token: Who we are to the server.
            progress: Called with each step of the transfer.
            published: Paths that run already: of names that differ only by case, theirs is taken.

        Raises:
            BadCommitError: ``commit`` is not an id.
            CacheBusyError: Another fetch did not end.
            CacheFullError: The disk is full.
            CacheBrokenError: What came is not complete, twice.
            GitError: As told by its class: refused, not found, unreachable, too large, unsafe.
        """
        valid_commit(commit)
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            async with locked(self.root / f"{self.url.key}.lock", patience=self.patience) as lock:
                fetch = Fetch(self.path, self.url, self.git, self.limits, token, lock, progress)
                return await self._fetch(fetch, commit, branch, published)
        except OSError as fault:
            kind = CacheFullError if fault.errno in _FULL else GitError
            raise kind(f"The cache of {self.url} cannot be written: {fault.strerror}.") from fault

    async def _fetch(
        self, fetch: Fetch, commit: str, branch: str | None, published: Collection[str]
    ) -> GitTree:
        lock = fetch.lock
        fresh = await self._prepare(lock)
        while True:
            try:
                await self._bring(fetch, commit, branch)
                tree = await open_tree(
                    self.path, commit, git=self.git, limits=self.limits, published=published
                )
                await self._remember(commit, lock)
            except GitError as fault:
                broken = type(fault) in {GitError, CacheBrokenError, CacheFullError}
                if broken:
                    await self._discard()
                if fresh or not broken:
                    raise
                fresh = await self._prepare(lock)
            else:
                return tree

    async def _bring(self, fetch: Fetch, commit: str, branch: str | None) -> None:
        try:
            await fetch.bring(commit, branch=branch)
        except RepositoryTooLargeError:
            await self._discard()  # what came of it is not kept
            raise

    async def _prepare(self, lock: int) -> bool:
        """Make the cache ready to be fetched into; return whether it is a new one."""
        await asyncio.to_thread(self._sweep)
        if (self.path / BROKEN_MARK).exists():
            await self._discard()
        if not (self.path / "HEAD").is_file():
            await self._discard()
            await self._create(lock)
            return True
        if len(list((self.path / "objects" / "pack").glob("*.pack"))) > _MOST_PACKS:
            ran = await self._run(lock, "gc", "--quiet", "--prune=now")
            if ran.status:
                await self._discard()
                await self._create(lock)
                return True
        return False

    def _sweep(self) -> None:
        """Remove what a fetch left that was killed; nobody else is at work here."""
        for old in self.root.glob(f"{self.url.key}.*-*"):
            shutil.rmtree(old, ignore_errors=True)
        leftovers = ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "objects/tmp_*")
        for pattern in leftovers:
            for left in self.path.glob(pattern):
                left.unlink(missing_ok=True)

    async def _create(self, lock: int) -> None:
        aside = self.root / f"{self.url.key}.new-{secrets.token_hex(4)}"
        aside.mkdir(mode=0o700)
        command = ["init", "--quiet", "--bare", "--template=", "--initial-branch=main"]
        made = await run(self.git, command, repository=aside, hold=[lock])
        if made.status:
            await asyncio.to_thread(shutil.rmtree, aside, ignore_errors=True)
            raise failure(made.said, url=self.url)
        aside.rename(self.path)

    async def _discard(self) -> None:
        aside = self.root / f"{self.url.key}.old-{secrets.token_hex(4)}"
        try:
            self.path.rename(aside)
        except FileNotFoundError:
            return
        await asyncio.to_thread(shutil.rmtree, aside, ignore_errors=True)

    async def _remember(self, commit: str, lock: int) -> None:
        folder = self.path / _REFS
        names = sorted(ref.name for ref in folder.iterdir()) if folder.is_dir() else []
        if not all(_REF.fullmatch(name) for name in names):
            raise CacheBrokenError(f"The cache of {self.url} holds what was never put there.")
        if names and (folder / names[-1]).read_bytes().strip() == commit.encode():
            return
        number = int(names[-1], 16) + 1 if names else 0
        changes = [f"create {_REFS}/{number:08x} {commit}"]
        changes += [f"delete {_REFS}/{name}" for name in names[: 1 - _KEPT_COMMITS]]
        given = "".join(f"{line}\n" for line in changes).encode()
        ran = await self._run(lock, "update-ref", "--stdin", given=given)
        if ran.status:
            raise failure(ran.said, url=self.url)

    async def _run(self, lock: int, *command: str, given: bytes = b"") -> Ran:
        return await run(self.git, command, repository=self.path, given=given, hold=[lock])
