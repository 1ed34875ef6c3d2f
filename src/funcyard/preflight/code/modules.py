"""The modules of an app: which file an import means, and which files the script reaches."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.code.bound import EVERYTHING, Kind, bound_names
from funcyard.preflight.code.statements import statements
from funcyard.preflight.script import script_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from funcyard.preflight.code.bound import Bound
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.sources import Source


class Modules:
    """The sources of an app by the names that imports give them.

    Args:
        app: The app.
    """

    def __init__(self, app: AppFacts) -> None:
        self._sources = {source.path: source for source in app.sources}
        self._roots = (
            app.directory,
            *(root for package in app.target.packages for root in (package / "src", package)),
        )
        self._bound: dict[Path, tuple[Bound, ...]] = {}
        self.script = self._sources.get(app.directory / script_of(app))

    def bound(self, source: Source) -> tuple[Bound, ...]:
        """Return what a source binds when it is imported; nothing where it does not compile."""
        if source.path not in self._bound:
            self._bound[source.path] = bound_names(source.tree) if source.tree else ()
        return self._bound[source.path]

    def find(self, importer: Source, module: str, level: int = 0) -> Source | None:
        """Return the file that an import in ``importer`` means, None where it is none of these."""
        parts = [part for part in module.split(".") if part]
        roots = self._roots
        if level:
            if level > len(importer.path.parents):
                return None
            roots = (importer.path.parents[level - 1],)
        for root in roots:
            folder = root.joinpath(*parts)
            files = [folder / "__init__.py"]
            if parts:
                files.append(folder.with_name(f"{folder.name}.py"))
            for path in files:
                if path in self._sources:
                    return self._sources[path]
        return None

    def is_own(self, module: str) -> bool:
        """Tell whether a dotted name begins with a folder or file that the app may import."""
        top = module.partition(".")[0]
        return any((root / top).is_dir() or (root / f"{top}.py").is_file() for root in self._roots)

    def elsewhere(self, module: str) -> Source | None:
        """Return a source in the app's folder that has the last part of a dotted name as its own.

        A module that is not found may be that one, imported by another name than its place gives.
        """
        wanted = module.rpartition(".")[2]
        for path, source in self._sources.items():
            name = path.parent.name if path.name == "__init__.py" else path.stem
            if name == wanted and path.is_relative_to(self._roots[0]):
                return source
        return None

    def name_of(self, source: Source) -> str:
        """Return the dotted name under which a source of the app's folder is imported."""
        inner = source.path.relative_to(self._roots[0]).with_suffix("")
        return ".".join(part for part in inner.parts if part != "__init__")

    def origin(self, source: Source, bound: Bound) -> tuple[Source, Bound]:
        """Follow a binding through imports and other names to where its value is made.

        Where that cannot be told, the last binding that was reached is returned.
        """
        seen: set[tuple[Path, str]] = set()
        while (step := self._behind(source, bound)) is not None:
            if (step[0].path, step[1].name) in seen:
                break
            source, bound = step
            seen.add((source.path, bound.name))
        return source, bound

    def reached(self) -> frozenset[Path]:
        """Return the files that importing the script reads, were every import to succeed."""
        found: set[Path] = set()
        waiting = [self.script] if self.script else []
        while waiting:
            source = waiting.pop()
            if source.path in found:
                continue
            found.add(source.path)
            waiting += [other for other in self._at_load(source) if other.path not in found]
        return frozenset(found)

    def imports(self, source: Source) -> Iterator[Source]:
        """Yield the files that a source imports anywhere, inside of functions, too."""
        yield from self.imports_of(source, source.tree.body if source.tree else ())

    def imports_of(self, source: Source, nodes: Iterable[ast.stmt]) -> Iterator[Source]:
        """Yield the files that some statements of a source import."""
        for statement in nodes:
            for node in ast.walk(statement):
                yield from self._behind_import(source, node)

    def _behind(self, source: Source, bound: Bound) -> tuple[Source, Bound] | None:
        if bound.kind is Kind.ALIAS:
            other, wanted = source, bound.original
        elif bound.kind is Kind.IMPORTED and bound.original not in {"", EVERYTHING}:
            found = self.find(source, bound.module, bound.level)
            if found is None:
                return None
            other, wanted = found, bound.original
        else:
            return None
        last = [candidate for candidate in self.bound(other) if candidate.name == wanted]
        return (other, last[-1]) if last else None

    def _at_load(self, source: Source) -> Iterator[Source]:
        for place in statements(source.one_side) if source.one_side else ():
            yield from self._behind_import(source, place.node)

    def _behind_import(self, source: Source, node: ast.AST) -> Iterator[Source]:
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield from self._packages(source, alias.name, 0)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                yield from self._packages(source, module or "", level)
                for alias in aliases:
                    name = f"{module}.{alias.name}" if module else alias.name
                    yield from self._packages(source, name, level)

    def _packages(self, source: Source, module: str, level: int) -> Iterator[Source]:
        """Yield the file of a module and those of the packages that it lies in."""
        parts = module.split(".")
        for length in range(len(parts) + 1) if level else range(1, len(parts) + 1):
            found = self.find(source, ".".join(parts[:length]), level)
            if found is not None:
                yield found
