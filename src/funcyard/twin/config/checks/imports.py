"""What a person's code imports: from beside it, or of what its app has.

It is looked for, not imported: nothing of the code runs. Followed is what ``process.py`` imports of
its own folder; a file that nothing leads to is nobody's concern.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.plain_files import is_file, is_folder
from funcyard.twin.config.checks.reached import Import, imports
from funcyard.twin.config.checks.sources import parsed
from funcyard.twin.config.findings import Fault
from funcyard.twin.providers.azure.importable import can_import, is_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PACKAGE: Final = "__init__.py"
_COMPILED: Final = "{}.*.so"
_AVAILABLE: Final = (
    "an app has the standard library, and the packages that Funcyard's own functions need"
)
_OUTSIDE: Final = "leads out of the folder of this code"


@dataclass(frozen=True, slots=True)
class _Missing:
    """An import of what is not there.

    Attributes:
        at: The statement.
        message: What is not there.
        hint: What to write instead.
    """

    at: Import
    message: str
    hint: str | None = None


def missing_imports(folder: Path, file: str) -> Iterator[Fault]:
    """Yield a fault for each module that code imports and would not find in its app.

    Args:
        folder: The twin's.
        file: Where the code begins, its path in that folder.
    """
    code = (folder / file).parent
    waiting, seen = [folder / file], {folder / file}
    while waiting:
        path = waiting.pop()
        named = f"{file.rpartition('/')[0]}/{path.relative_to(code).as_posix()}"
        tree = parsed(folder, named)
        if isinstance(tree, Fault):
            if named != file:  # there it is told by who asks for the function
                yield tree
            continue
        module = _Module(path, code)
        told: set[str] = set()
        for one in imports(tree.body, module.finds):
            for missing in module.missing(one):
                if missing.message not in told:
                    place = (missing.at.lineno, missing.at.col_offset + 1)
                    yield Fault(named, (), missing.message, missing.hint, place=place)
                told.add(missing.message)
            new = [found for found in module.files(one) if found not in seen]
            seen.update(new)
            waiting.extend(new)


@dataclass(frozen=True, slots=True)
class _Module:
    """A file of the code.

    Attributes:
        path: Where it lies.
        code: The folder of all of it, a package whose ``__init__.py`` is never run.
    """

    path: Path
    code: Path

    def missing(self, asked: Import) -> list[_Missing]:
        """Return what an import does not find."""
        if isinstance(asked, ast.ImportFrom) and asked.level:
            return self._missing_beside(asked)
        names = _absolute(asked)
        return [self._absent(asked, name) for name in names if not can_import(name)]

    def finds(self, asked: Import) -> bool:
        """Tell whether an import finds all that it asks for."""
        return not self.missing(asked)

    def files(self, asked: Import) -> list[Path]:
        """Return the files of the code that an import leads to."""
        if not isinstance(asked, ast.ImportFrom) or not asked.level:
            return []
        found: list[Path] = []
        at = self._base(asked)
        for name in (*_steps(asked), None):
            if at is None or not is_folder(at):
                break
            if at != self.code and is_file(at / _PACKAGE):
                found.append(at / _PACKAGE)
            for one in [name] if name else [alias.name for alias in asked.names]:
                if not is_folder(at / one) and is_file(at / f"{one}.py"):
                    found.append(at / f"{one}.py")
                elif not name and is_file(at / one / _PACKAGE):
                    found.append(at / one / _PACKAGE)
            at = at / name if name else None
        return found

    def _missing_beside(self, asked: ast.ImportFrom) -> list[_Missing]:
        at = self._base(asked)
        if at is None:
            return [_Missing(asked, f"the import {_OUTSIDE}")]
        for name in _steps(asked):
            if not is_folder(at) or not _lies_in(at, name):
                return [_Missing(asked, f"there is no module {name} in {self._told(at)}")]
            at /= name
        if not is_folder(at) or (at != self.code and is_file(at / _PACKAGE)):
            return []  # what a module defines is seen only where it runs
        return [
            _Missing(asked, f"there is no module {one.name} in {self._told(at)}")
            for one in asked.names
            if one.name != "*" and not _lies_in(at, one.name)
        ]

    def _base(self, asked: ast.ImportFrom) -> Path | None:
        """Return the folder that the dots of an import mean, None where that is outside."""
        at = self.path.parent
        for _ in range(asked.level - 1):
            if at == self.code:
                return None
            at = at.parent
        return at

    def _absent(self, asked: Import, name: str) -> _Missing:
        top = name.partition(".")[0]
        hint = _AVAILABLE
        if _lies_in(self.path.parent, top):
            plain = isinstance(asked, ast.Import) and name == top
            meant = f"from . import {name}" if plain else f"from .{name} import NAME"
            hint = f"what lies beside it is imported by `{meant}`"
        return _Missing(asked, f"there is no module {name} in its app", hint)

    def _told(self, folder: Path) -> str:
        return folder.relative_to(self.code.parent).as_posix()


def _steps(asked: ast.ImportFrom) -> list[str]:
    return asked.module.split(".") if asked.module else []


def _absolute(asked: Import) -> list[str]:
    """Return the modules that an import without dots needs."""
    if isinstance(asked, ast.Import):
        return [one.name for one in asked.names]
    base = asked.module or ""
    if is_namespace(base):
        return [f"{base}.{one.name}" for one in asked.names if one.name != "*"]
    return [base]


def _lies_in(folder: Path, name: str) -> bool:
    return (
        is_folder(folder / name)
        or is_file(folder / f"{name}.py")
        or is_file(folder / f"{name}.so")
        or any(folder.glob(_COMPILED.format(name)))
    )
