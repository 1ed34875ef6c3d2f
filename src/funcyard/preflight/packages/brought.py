"""Modules that an app gets from beside its folder: shared code of a repository.

It is on the search path by ``PYTHONPATH``, in the app's settings or in its Dockerfile; it is a
folder that pip installs; or a Dockerfile copies it to where Python looks. Such a module is no
distribution that requirements could lack, and what it imports is the app's concern.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.plain_files import is_file, is_folder
from funcyard.preflight.image.archive import DEFAULT_ROOT
from funcyard.preflight.image.instructions import instructions_of
from funcyard.preflight.image.origins import file_at, folder_at, is_open
from funcyard.preflight.packages.distributions import NAMESPACES
from funcyard.preflight.packages.reach import import_roots
from funcyard.preflight.sources import Source, sources_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.image.build import Build
    from funcyard.preflight.packages.imports import Import

_SETTING = "PYTHONPATH"
_VENDORED = ".python_packages/lib/site-packages"
_INSTALLED = re.compile(r".*/(?:site|dist)-packages(?=/|$)")


class Brought:
    """What lies beside an app and is importable where it runs.

    Args:
        app: The app.
    """

    def __init__(self, app: AppFacts) -> None:
        self._app = app
        written = _entries(app.target.settings.get(_SETTING, ""))
        folders = [_here(app.directory, entry) for entry in written]
        self._is_open = not all(
            is_folder(folder) or any(folder_at(build, entry) for build in app.builds)
            for folder, entry in zip(folders, written, strict=True)
        )
        self._files: dict[str, Path | None] = {}
        self._tops: dict[str, Path | None] = {}
        installed = import_roots(app.directory, app.requirements.folders)[1:]
        self._folders = tuple(filter(is_folder, dict.fromkeys((*folders, *installed))))
        self._images = [(build, _image_path(build, written)) for build in app.builds]

    def source_at(self, path: Path) -> Source | None:
        """Return a file as a source, None where there is none."""
        return Source(path, self._app.name_of(path)) if is_file(path) else None

    def holds(self, found: Import) -> bool:
        """Tell whether an import finds its module there, or may for all that is known."""
        if self.place_of(found.module) or self.has_package(found.module.partition(".")[0]):
            return True
        return self.may_hold(found.module)

    def files_of(self, found: Import) -> Iterator[Path]:
        """Yield the files there that an absolute import executes."""
        parts = found.module.split(".")
        if self._top(parts[0]) is None:
            return
        names = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        names += [f"{found.module}.{name}" for name in found.names if name != "*"]
        for name in names:
            path = self._file_of(name)
            if path is not None:
                yield path

    def place_of(self, module: str) -> Path | None:
        """Return the file or the folder of a module that lies there, None where none does."""
        if self._top(module.partition(".")[0]) is None:
            return None
        return self._file_of(module) or self._folder_of(module)

    def may_hold(self, module: str) -> bool:
        """Tell whether a module may be where something is put that cannot be read here."""
        inner = module.replace(".", "/")
        return self._is_open or any(
            is_open(build, f"{folder}/{inner}")
            for build, folders in self._images
            for folder in folders
        )

    def has_package(self, top: str) -> bool:
        """Tell whether a package lies there that no distribution adds modules to."""
        return top not in NAMESPACES and self._top(top) is not None

    def _top(self, module: str) -> Path | None:
        """Return the place of a module of the top level: below one that is nowhere is nothing."""
        if module not in self._tops:
            self._tops[module] = self._file_of(module) or self._folder_of(module)
        return self._tops[module]

    def _file_of(self, module: str) -> Path | None:
        if module not in self._files:
            self._files[module] = self._look_for(module)
        return self._files[module]

    def _look_for(self, module: str) -> Path | None:
        inner = module.replace(".", "/")
        endings = (f"{inner}/__init__.py", f"{inner}.py")
        here = (folder / ending for folder in self._folders for ending in endings)
        found = next((path for path in here if is_file(path)), None)
        if found is not None:
            return found
        places = (
            (build, f"{folder}/{ending}")
            for build, folders in self._images
            for folder in folders
            for ending in endings
        )
        there = (file_at(build, place) for build, place in places)
        return next((path for path in there if path and not self._is_own(path)), None)

    def _folder_of(self, module: str) -> Path | None:
        inner = module.replace(".", "/")
        folders = [folder / inner for folder in self._folders]
        for build, roots in self._images:
            there = (folder_at(build, f"{root}/{inner}") for root in roots)
            folders += [path for path in there if path and not self._is_own(path)]
        return next((folder for folder in folders if any(sources_below(folder))), None)

    def _is_own(self, path: Path) -> bool:
        return path.is_relative_to(self._app.directory)


def _entries(value: str) -> tuple[str, ...]:
    """Return the folders of a search path, without what other variables hold."""
    return tuple(entry for entry in re.split(r"[:;]", value) if entry and "$" not in entry)


def _here(directory: Path, entry: str) -> Path:
    """Return a folder of the search path on this machine: in Azure the app's is another."""
    if entry == DEFAULT_ROOT or entry.startswith(f"{DEFAULT_ROOT}/"):
        entry = entry.removeprefix(DEFAULT_ROOT).lstrip("/")
    return Path(os.path.normpath(directory / entry))


def _image_path(build: Build, settings: Iterable[str]) -> tuple[str, ...]:
    """Return the folders of an image in which Python looks for what is not its own."""
    root = build.script_root or DEFAULT_ROOT
    copied = (copy.target for stage in build.file.stages for copy in stage.copies)
    installed = (found[0] for target in copied if (found := _INSTALLED.match(target)))
    named = (*settings, *_python_path(build))
    absolute = (entry.rstrip("/") for entry in named if entry.startswith("/"))
    return tuple(dict.fromkeys((root, f"{root}/{_VENDORED}", *absolute, *installed)))


def _python_path(build: Build) -> Iterator[str]:
    """Yield what ``ENV PYTHONPATH`` names, also where it goes on with what it was before."""
    told = build.stage.setting(_SETTING) if build.stage else None
    if told is not None and told.value is not None:
        yield from _entries(told.value)
        return
    for instruction in instructions_of(build.text):
        if instruction.keyword == "ENV":
            for word in instruction.words:
                name, _, value = word.text.partition("=")
                if name == _SETTING:
                    yield from _entries(value.strip("'\""))
