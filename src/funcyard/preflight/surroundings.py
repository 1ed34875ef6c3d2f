"""What lies around the apps: the checked folder's files, and the repository that it is in."""

from __future__ import annotations

import os
import posixpath
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.preflight.shipping.production import is_elsewhere
from funcyard.preflight.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.developer_cli import Service as DeveloperService
    from funcyard.preflight.image.builds import Builds
    from funcyard.preflight.image.compose import Service
    from funcyard.preflight.tree import Line

_HOST = "host.json"


class Surroundings:
    """Read once, when it is asked for.

    Args:
        root: The checked folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def tree(self) -> Tree:
        """The files below the checked folder."""
        return Tree(self.root)

    @cached_property
    def top(self) -> Path:
        """The folder of the repository that the checked folder is in, else that folder."""
        folders = (self.root, *self.root.parents)
        return next((folder for folder in folders if (folder / ".git").exists()), self.root)

    @cached_property
    def whole_tree(self) -> Tree:
        """The files of the repository; above the checked folder only what Git tracks."""
        return self.tree if self.top == self.root else Tree(self.top, untracked=False)

    def names_below(self, folder: Path) -> Iterator[str]:
        """Yield the files below a folder of the repository, relative to it."""
        tree, root = (
            (self.tree, self.root)
            if folder.is_relative_to(self.root)
            else (self.whole_tree, self.top)
        )
        begin = "" if folder == root else f"{folder.relative_to(root).as_posix()}/"
        yield from (name.removeprefix(begin) for name in tree.files if name.startswith(begin))

    def search(self, pattern: str) -> Iterator[Line]:
        """Yield the lines of the repository's text files that match; see :meth:`.Tree.search`.

        Files are named relative to the checked folder; those above it begin with ``..``.
        """
        yield from self.tree.search(pattern)
        if self.top == self.root:
            return
        for line in self.whole_tree.search(pattern):
            path = self.top / line.file
            if not path.is_relative_to(self.root):
                yield replace(line, file=Path(os.path.relpath(path, self.root)).as_posix())

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """The services of the Compose files below the checked folder."""
        from funcyard.preflight.image.compose import services  # noqa: PLC0415 - asked by few rules

        return tuple(services(self.root, self.tree.files))

    @cached_property
    def all_services(self) -> tuple[Service, ...]:
        """The services of the Compose files of the repository."""
        from funcyard.preflight.image.compose import services  # noqa: PLC0415 - asked by few rules

        if self.top == self.root:
            return self.services
        return tuple(services(self.top, self.whole_tree.files))

    @cached_property
    def developer_services(self) -> tuple[DeveloperService, ...]:
        """The services of the repository's projects of the Azure Developer CLI."""
        from funcyard.preflight.developer_cli import services  # noqa: PLC0415 - asked by few rules

        return tuple(services(self.top, self.whole_tree))

    def apps_below(self, folder: Path) -> frozenset[Path]:
        """Return the folders of the function apps in and below a folder of the repository.

        Those that are called after development, tests or examples below it are left out.
        """
        if not folder.is_relative_to(self.top):
            return frozenset()
        hosts = (name for name in self.names_below(folder) if posixpath.basename(name) == _HOST)
        return frozenset(
            folder / posixpath.dirname(name) for name in hosts if not is_elsewhere(name)
        )

    @cached_property
    def builds(self) -> Builds:
        """How the repository's images are built."""
        from funcyard.preflight.image.builds import Builds  # noqa: PLC0415 - asked by few rules

        return Builds(self)
