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
import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from funcyard.workflows.worker.compiling import Compiler

PRIVATE: Final = "_workspace"
"""The package of files that cannot be modules of their own name."""

PACKAGES: Final = ".packages"
"""The folder of installed packages, beside a version's files in the view: in no version."""

_RESERVED: Final = frozenset({*sys.stdlib_module_names, "funcyard", "__main__", PRIVATE})


def install(folder: Path, view: str, compiler: Compiler) -> None:
    """Make a snapshot's files importable, and then the view's packages, before the interpreter's.

    Args:
        folder: The snapshot.
        view: What its root is called for people.
        compiler: Has the files' code.
    """
    sys.dont_write_bytecode = True
    sys.meta_path.insert(_before_path_finder(), _Finder(folder, view, compiler))
    packages = Path(view) / PACKAGES
    if packages.is_dir():
        installed = [n for n, entry in enumerate(sys.path) if entry.endswith("-packages")]
        sys.path.insert(min(installed, default=len(sys.path)), str(packages))


def files_of(folder: Path) -> list[str]:
    """Return the files that can be imported, sorted: no part of a path begins with a dot."""
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        relative = os.path.relpath(place, folder)
        before = "" if relative == "." else f"{relative}/"
        found += [f"{before}{name}" for name in files if name.endswith(".py") and name[0] != "."]
    return sorted(found)


def may_hold_workflows(file: str) -> bool:
    """Whether workflows are looked for in a file: no part of its path begins with ``_``."""
    return not any(part.startswith("_") for part in file.split("/"))


def shown(view: str, file: str) -> str:
    """Return what people call a file: code is compiled under that name."""
    return f"{view}/{file}"


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

    def __init__(self, folder: Path, view: str, compiler: Compiler) -> None:
        self._folder = str(folder)
        self._view = view
        self._compiler = compiler

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
        elif path is not None and not any(self._is_here(one) for one in path):
            return None  # a package of another place has the name of a folder here
        if PACKAGES in parts:
            return None
        # Plain text: a version has a thousand files, and each is asked for when it is loaded.
        relative = "/".join(parts)
        place = f"{self._folder}/{relative}"
        if os.path.isdir(place):  # noqa: PTH112
            if os.path.isfile(f"{place}/__init__.py"):  # noqa: PTH113
                return self._spec(fullname, f"{relative}/__init__.py", [place])
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [place]
            return spec
        there = os.path.isfile(f"{place}.py")  # noqa: PTH113
        return self._spec(fullname, f"{relative}.py", None) if there else None

    def _is_here(self, place: str) -> bool:
        return place == self._folder or place.startswith(f"{self._folder}/")

    def _spec(self, name: str, file: str, locations: list[str] | None) -> ModuleSpec | None:
        place = f"{self._folder}/{file}"
        return importlib.util.spec_from_file_location(
            name,
            place,
            loader=_Loader(place, shown(self._view, file), self._compiler),
            submodule_search_locations=locations,
        )


class _Loader(importlib.abc.InspectLoader):
    """Reads a file of the snapshot and compiles it under its name in the view."""

    def __init__(self, file: str, shown: str, compiler: Compiler) -> None:
        self._file = file
        self._shown = shown
        self._compiler = compiler

    def get_source(self, fullname: str) -> str:
        """Return the module's text (called by import and by debuggers)."""
        del fullname
        return importlib.util.decode_source(Path(self._file).read_bytes())

    def get_code(self, fullname: str) -> object:  # type: ignore[override]  # a code object
        """Return the module's code (called by import)."""
        del fullname
        return self._compiler.code(self._file, self._shown)

    def is_package(self, fullname: str) -> bool:
        """Whether it is a package's ``__init__`` (called by import)."""
        del fullname
        return self._file.endswith("/__init__.py")
