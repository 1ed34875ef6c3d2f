"""What importing an app reaches: from its script along the imports, source by source.

Read from the text, since an app that cannot be imported tells nothing of what it would have
reached. An import inside a function is followed too; what lies behind it is reached *later*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from funcyard.preflight.packages.imports import imports_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from funcyard.preflight.packages.imports import Import
    from funcyard.preflight.sources import Source


@dataclass(frozen=True, slots=True)
class Reached:
    """A source that importing the app, or running its functions, executes.

    Attributes:
        source: The file.
        at_load: Whether importing the app executes it.
        imports: Its absolute imports of modules that are neither the app's own files nor beside it;
            none where it does not compile.
    """

    source: Source
    at_load: bool
    imports: tuple[Import, ...]


def import_roots(directory: Path, packages: Iterable[Path]) -> tuple[Path, ...]:
    """Return the folders whose modules an app may import by name: its own, its local packages'."""
    roots = [directory]
    for package in packages:
        source = package / "src"
        roots.append(source if source.is_dir() else package)
    return tuple(roots)


class Beyond(Protocol):
    """What lies beside an app, and which of its imports mean that."""

    def source_at(self, path: Path) -> Source | None:
        """Return a file as a source, None where there is none."""

    def holds(self, found: Import) -> bool:
        """Tell whether an import finds its module there."""

    def files_of(self, found: Import) -> Iterable[Path]:
        """Yield the files there that an import executes."""


def reach(
    scripts: Iterable[Path], sources: Iterable[Source], roots: tuple[Path, ...], beyond: Beyond
) -> dict[Path, Reached]:
    """Return what is reached, by path.

    Args:
        scripts: Where it begins.
        sources: Every source of the app and its local packages.
        roots: The folders that absolute imports begin in.
        beyond: What lies beside them.
    """
    walk = _Walk(sources, roots, beyond)
    reached: dict[Path, Reached] = {}
    waiting = [(script, True) for script in scripts]
    while waiting:
        path, at_load = waiting.pop()
        before = reached.get(path)
        source = walk.source(path)
        if source is None or (before is not None and (before.at_load or not at_load)):
            continue
        foreign = []
        for found in imports_of(source.one_side) if source.one_side else ():
            targets = walk.files_of(found, path)
            waiting.extend((target, at_load and found.at_load) for target in targets)
            if source.tree and not targets and walk.is_foreign(found):
                foreign.append(found)
        reached[path] = Reached(source, at_load, tuple(foreign))
    return reached


class _Walk:
    """Finds the files that imports mean; each is looked for once."""

    def __init__(self, sources: Iterable[Source], roots: tuple[Path, ...], beyond: Beyond) -> None:
        self._known: dict[Path, Source | None] = {source.path: source for source in sources}
        self._own = {path.stem for path in self._known} | {path.parent.name for path in self._known}
        self._roots = roots
        self._beyond = beyond

    def source(self, path: Path) -> Source | None:
        """Return a source of the app, or one that a link in its folder or an import leads to."""
        if path not in self._known:
            self._known[path] = self._beyond.source_at(path)
        return self._known[path]

    def files_of(self, found: Import, importer: Path) -> list[Path]:
        """Return the files that an import executes, none where its module is another's."""
        files = [path for path in _files_of(found, importer, self._roots) if self.source(path)]
        if found.level == 0 and not files:
            files = list(self._beyond.files_of(found))
        return files

    def is_foreign(self, found: Import) -> bool:
        """Tell whether an import that means none of these files needs a distribution."""
        top = found.module.partition(".")[0]
        return found.level == 0 and top not in self._own and not self._beyond.holds(found)


def _files_of(found: Import, importer: Path, roots: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the files that an import executes where it is one of the app's own modules."""
    if found.level:
        bases: tuple[Path, ...] = (importer.parents[found.level - 1],)
    else:
        bases = roots
    parts = tuple(part for part in found.module.split(".") if part)
    for base in bases:
        for depth in range(1, len(parts) + 1):
            yield from _module(base.joinpath(*parts[:depth]))
        for name in found.names:
            yield from _module(base.joinpath(*parts, name))
        if found.level and not parts:
            yield base / "__init__.py"


def _module(path: Path) -> Iterator[Path]:
    yield path.with_name(f"{path.name}.py")
    yield path / "__init__.py"
