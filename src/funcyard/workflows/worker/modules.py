"""How a version's files become modules: each once, from the snapshot, under the view's file names.

A file is the module of its path: ``jobs/report.py`` is ``jobs.report``, whoever imports it. The
process holds one version for good, so no other can be mixed in. Names of the standard library stay
the library's: a file or folder that is called like one of its modules, or whose path is no
identifier, is still found as a workflow, as a module of the package ``_workspace``.

Code is compiled under its path in the view (``/workspace/…``), so that tracebacks and breakpoints
name the file that a person edits; ``__file__`` is the snapshot's, so that what is read beside it
belongs to the version.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

PRIVATE: Final = "_workspace"
"""The package of files that cannot be modules of their own name."""

PACKAGES: Final = ".packages"
"""The folder of installed packages: of a version, or beside it in the view, where no sync goes."""

_RESERVED: Final = frozenset({*sys.stdlib_module_names, "funcyard", "__main__", PRIVATE})


def install(folder: Path, view: str) -> None:
    """Make a snapshot's files importable, and then its packages, before the interpreter's own.

    Args:
        folder: The snapshot.
        view: What its root is called for people.
    """
    sys.dont_write_bytecode = True
    sys.meta_path.insert(_before_path_finder(), _Finder(folder, view))
    found = [str(root / PACKAGES) for root in (folder, Path(view)) if (root / PACKAGES).is_dir()]
    installed = [n for n, entry in enumerate(sys.path) if entry.endswith("-packages")]
    place = min(installed, default=len(sys.path))
    sys.path[place:place] = found


def files_of(folder: Path) -> list[str]:
    """Return the files that may hold workflows, sorted: no part of a path begins ``_`` or ``.``."""
    found = []
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder).parts
        if not any(part.startswith(("_", ".")) for part in parts):
            found.append("/".join(parts))
    return sorted(found)


def load(file: str) -> ModuleType:
    """Import a file of the snapshot, or return it where it is imported already."""
    return importlib.import_module(module_name(file))


def module_name(file: str) -> str:
    """Return the one name under which a file is imported."""
    parts = file.removesuffix(".py").split("/")
    if parts[0] in _RESERVED or not all(part.isidentifier() for part in parts):
        # A dot in a name would be a package: the finder reads this sign as one.
        return ".".join([PRIVATE, *(part.replace(".", "\N{ONE DOT LEADER}") for part in parts)])
    return ".".join(parts)


def _before_path_finder() -> int:
    for index, finder in enumerate(sys.meta_path):
        if getattr(finder, "__name__", "") == "PathFinder":
            return index
    return len(sys.meta_path)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the snapshot's modules and packages, with or without ``__init__.py``."""

    def __init__(self, folder: Path, view: str) -> None:
        self._folder = folder
        self._view = view

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return the spec of a module of the snapshot, None where it is none (called by import)."""
        del target
        parts = [part.replace("\N{ONE DOT LEADER}", ".") for part in fullname.split(".")]
        if parts[0] == PRIVATE:
            del parts[0]
        elif parts[0] in _RESERVED:
            return None
        elif path is not None and not any(Path(one).is_relative_to(self._folder) for one in path):
            return None  # a package of another place has the name of a folder here
        if PACKAGES in parts:
            return None
        relative = Path(*parts)
        place = self._folder / relative
        if place.is_dir():
            init = relative / "__init__.py"
            if (self._folder / init).is_file():
                return self._spec(fullname, init, [str(place)])
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(place)]
            return spec
        file = relative.with_name(f"{relative.name}.py")
        return self._spec(fullname, file, None) if (self._folder / file).is_file() else None

    def _spec(self, name: str, file: Path, locations: list[str] | None) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(
            name,
            self._folder / file,
            loader=_Loader(self._folder / file, f"{self._view}/{file.as_posix()}"),
            submodule_search_locations=locations,
        )


class _Loader(importlib.abc.InspectLoader):
    """Reads a file of the snapshot and compiles it under its name in the view."""

    def __init__(self, file: Path, shown: str) -> None:
        self._file = file
        self._shown = shown

    def get_source(self, fullname: str) -> str:
        """Return the module's text (called by import and by debuggers)."""
        del fullname
        return importlib.util.decode_source(self._file.read_bytes())

    def get_code(self, fullname: str) -> object:  # type: ignore[override]  # a code object
        """Return the module's code (called by import)."""
        del fullname
        return compile(self._file.read_bytes(), self._shown, "exec", dont_inherit=True)

    def is_package(self, fullname: str) -> bool:
        """Whether it is a package's ``__init__`` (called by import)."""
        del fullname
        return self._file.name == "__init__.py"
