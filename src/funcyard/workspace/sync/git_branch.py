"""A branch of a repository over HTTPS, as a sync asks it: Git's own client and a cache of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.workspace.git import remote_head

if TYPE_CHECKING:
    from collections.abc import Collection

    from funcyard.workspace.git import GitTree, RepositoryCache, Token


@dataclass(frozen=True, slots=True)
class GitBranch:
    """A branch; a ``Remote``.

    Attributes:
        cache: Of the repository.
        branch: The branch's name.
        token: Who we are to the server.
    """

    cache: RepositoryCache
    branch: str
    token: Token | None = None

    @property
    def repository(self) -> str:
        """The repository's address."""
        return str(self.cache.url)

    async def head(self) -> str:
        """Return the commit that the branch points to now.

        Raises:
            GitError: It cannot be asked.
        """
        return await remote_head(self.cache.url, self.branch, token=self.token, git=self.cache.git)

    async def tree(self, commit: str, published: Collection[str] = ()) -> GitTree:
        """Fetch a commit and return its tree, complete and verified.

        Args:
            commit: Its id.
            published: Paths that run already: of names that differ only by case, theirs is taken.

        Raises:
            GitError: It cannot be fetched.
        """
        return await self.cache.fetch(
            commit, branch=self.branch, token=self.token, published=published
        )
