"""What has to be done to a view so that it shows a version, and in which order.

1. Folders are made, then files written, wherever nothing is in the way.
2. What is in the way is cleared and replaced: a file where a folder shall be or the other way
   round, and a name that is spelled otherwise (stores tell no names apart that differ by case).
3. What shall no longer be there is removed, files first, then folders from the inside out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.workspace.paths import fold
from funcyard.workspace.versions.tree import parents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from funcyard.workspace.versions.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Shown:
    """What a view holds.

    Attributes:
        files: Each file's hash by its path, None where it is not known.
        folders: Every folder, the root left out.
    """

    files: Mapping[str, str | None] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()

    @classmethod
    def of(cls, manifest: Manifest) -> Shown:
        """Return what a view holds that shows a version."""
        files = {path: file.sha256 for path, file in manifest.files.items()}
        return cls(files, frozenset(manifest.folders()))


@dataclass(frozen=True, slots=True)
class Building:
    """Folders to make, each after the one it is in, then files to write."""

    folders: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clearing:
    """Files to remove, then folders, each before the one it is in."""

    files: tuple[str, ...]
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """All that has to be done, in this order.

    Attributes:
        in_the_way: Of what is cleared, by :func:`.fold`, what stands where something else shall be;
            the rest is only in a folder that does.
    """

    build: Building
    clear: Clearing
    rebuild: Building
    remove: Clearing
    in_the_way: frozenset[str] = frozenset()

    @property
    def written(self) -> tuple[str, ...]:
        """The files that are written."""
        return (*self.build.files, *self.rebuild.files)


def steps(have: Shown, want: Shown) -> Steps:
    """Return what turns one tree into the other."""
    wanted = {fold(path): (path, path in want.files) for path in (*want.files, *want.folders)}
    blocked = {
        fold(path)
        for path, is_file in _entries(have)
        if wanted.get(fold(path), (path, is_file)) != (path, is_file)
    }

    def is_blocked(path: str) -> bool:
        return bool(blocked) and any(fold(one) in blocked for one in (path, *parents(path)))

    cleared = {path for path, _ in _entries(have) if is_blocked(path)}
    write = [
        path
        for path, sha256 in want.files.items()
        if path in cleared or path not in have.files or have.files[path] != sha256
    ]
    make = [path for path in want.folders if path in cleared or path not in have.folders]
    return Steps(
        build=_building(
            (path for path in make if not is_blocked(path)),
            (path for path in write if not is_blocked(path)),
        ),
        clear=_clearing(cleared & have.files.keys(), cleared & have.folders),
        rebuild=_building(filter(is_blocked, make), filter(is_blocked, write)),
        remove=_clearing(
            have.files.keys() - want.files.keys() - cleared, have.folders - want.folders - cleared
        ),
        in_the_way=frozenset(blocked),
    )


def _entries(shown: Shown) -> list[tuple[str, bool]]:
    return [*((path, True) for path in shown.files), *((path, False) for path in shown.folders)]


def _building(folders: Iterable[str], files: Iterable[str]) -> Building:
    return Building(tuple(sorted(folders)), tuple(sorted(files)))


def _clearing(files: Iterable[str], folders: Iterable[str]) -> Clearing:
    return Clearing(tuple(sorted(files)), tuple(sorted(folders, reverse=True)))
