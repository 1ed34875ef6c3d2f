"""What a sync asks of a repository: where its branch is now, and the tree of a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from funcyard.workspace.source import SourceTree


class Remote(Protocol):
    """A branch of a repository."""

    @property
    def repository(self) -> str:
        """The repository's address, without credentials."""
        ...

    @property
    def branch(self) -> str:
        """The branch's name."""
        ...

    async def head(self) -> str:
        """Return the commit that the branch points to now.

        Raises:
            FuncyardError: It cannot be asked.
        """
        ...

    async def tree(self, commit: str, published: Collection[str] = ()) -> SourceTree:
        """Fetch a commit and return its tree, complete and verified.

        Args:
            commit: Its id.
            published: Paths that run already: of names that differ only by case, theirs is taken.

        Raises:
            FuncyardError: It cannot be fetched; nothing of it is used.
        """
        ...
