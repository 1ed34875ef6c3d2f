"""What importing an app reaches: from its script along the imports, source by source.

Read from the text, since an app that cannot be imported tells nothing of what it would have
reached. An import inside a function is followed too; what lies behind it is reached *later*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
        imports: Its absolute imports of modules that are none of the app's own files.
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


def reach(
    scripts: Iterable[Path], sources: Iterable[Source], roots: tuple[Path, ...]
) -> dict[Path, Reached]:
    """Return what is reached, by path.

    Args:
        scripts: Where it begins.
        sources: Every source of the app and its local packages.
        roots: The folders that absolute imports begin in.
    """
    known = {source.path: source for source in sources}
    own = {path.stem for path in known} | {path.parent.name for path in known}
    reached: dict[Path, Reached] = {}
    waiting = [(script, True) for script in scripts]
    while waiting:
        path, at_load = waiting.pop()
        before = reached.get(path)
        if path not in known or (before is not None and (before.at_load or not at_load)):
            continue
        source = known[path]
        imports = imports_of(source.tree) if source.tree else ()
        foreign = tuple(
            found
            for found in imports
            if found.level == 0 and found.module.partition(".")[0] not in own
        )
        reached[path] = Reached(source, at_load, foreign)
        for found in imports:
            runs = at_load and found.at_load
            waiting.extend((target, runs) for target in _files_of(found, path, roots))
    return reached


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
