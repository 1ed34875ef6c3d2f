"""Which builds make an app's image.

A Dockerfile beside host.json, or the one that a project names, is the app's own. Another one is an
app's where it puts the app into the folder in which the Functions host looks for it. What it is
given as its context is told by what declares the build; where nothing does, it is the nearest
folder in which what it copies is there.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from funcyard.preflight.image.build import Build
from funcyard.preflight.image.declared import declared_builds
from funcyard.preflight.shipping.production import is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from funcyard.preflight.surroundings import Surroundings
    from funcyard.preflight.target import Target

_DOCKERFILE = re.compile(r"(?:.*\.)?(?:dockerfile|containerfile)(?:\..*)?", re.IGNORECASE)
_NEVER = (".dockerignore", ".j2", ".jinja", ".tmpl", ".template")
_SCRIPT = "PYTHON_SCRIPT_FILE_NAME"


class Builds:
    """The builds of a repository.

    Args:
        around: What lies in it.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._root = around.root

    def of(self, target: Target) -> tuple[Build, ...]:
        """Return the builds that make an app's image, its own Dockerfile's first."""
        own = target.dockerfile or target.directory / "Dockerfile"
        found = [*self._of_own(own, target)] if own.is_file() else []
        for dockerfile in self._dockerfiles:
            if dockerfile != own:
                found += self._of_other(dockerfile, target)
        return tuple(found)

    def _of_own(self, dockerfile: Path, target: Target) -> Sequence[Build]:
        declared = self._declared.get(dockerfile, ())
        if declared:
            return declared
        beside = dockerfile.parent == target.directory
        default = dockerfile.parent if beside else self._root
        candidates = list(self._candidates(dockerfile))
        best = max(
            candidates,
            key=lambda build: (_holds(build, target), _finds_all(build), build.context == default),
        )
        found = _holds(best, target) or _finds_all(best)
        return [best if found else Build(dockerfile, default)]

    def _of_other(self, dockerfile: Path, target: Target) -> Sequence[Build]:
        declared = self._declared.get(dockerfile)
        if declared is not None:
            return [build for build in declared if _holds(build, target)]
        return [b for b in self._candidates(dockerfile) if _holds(b, target)][:1]

    def _candidates(self, dockerfile: Path) -> Iterator[Build]:
        """Yield the builds of a Dockerfile by what may be its context, the nearest folder first."""
        for folder in dockerfile.parents:
            yield Build(dockerfile, folder)
            if folder == self._around.top or not folder.is_relative_to(self._around.top):
                break

    @cached_property
    def _declared(self) -> dict[Path, tuple[Build, ...]]:
        around = self._around
        found: dict[Path, dict[tuple[Path, str], Build]] = {}
        for one in declared_builds(around.top, around.whole_tree, around.all_services):
            dockerfile, context = around.top / one.dockerfile, around.top / one.context
            if dockerfile.is_file() and context.is_dir():
                build = Build(dockerfile, context, one.stage, one.arguments)
                found.setdefault(dockerfile, {}).setdefault((context, one.stage), build)
        return {dockerfile: tuple(builds.values()) for dockerfile, builds in found.items()}

    @cached_property
    def _dockerfiles(self) -> tuple[Path, ...]:
        """The Dockerfiles that may be meant for Azure, those of development and tests left out."""
        top = self._around.top
        named = (
            name
            for name in self._around.whole_tree.files
            if _DOCKERFILE.fullmatch(name.rpartition("/")[2]) and not name.endswith(_NEVER)
        )
        listed = (path.relative_to(top).as_posix() for path in self._declared)
        names = dict.fromkeys(sorted({*named, *listed}))
        return tuple(
            top / name for name in names if not is_elsewhere(name) and (top / name).is_file()
        )


def _holds(build: Build, target: Target) -> bool:
    """Tell whether an image holds an app where the Functions host looks for it."""
    root = build.script_root
    if root is None or not target.directory.is_relative_to(build.context):
        return False
    folder = target.directory.relative_to(build.context).as_posix()
    script = target.settings.get(_SCRIPT, "function_app.py")
    for name in ("host.json", script):
        inner = name if folder == "." else f"{folder}/{name}"
        if f"{root}/{name}" in build.places(inner):
            return (target.directory / name).is_file()
    return False


def _finds_all(build: Build) -> bool:
    """Tell whether all that a Dockerfile copies is in its context."""
    sources = [source.strip("/") for copy in build.copies for source in copy.sources]
    return bool(sources) and all(any(_found(build.context, source)) for source in sources)


def _found(context: Path, source: str) -> Iterator[Path]:
    try:
        yield from context.glob(source) if source not in {"", "."} else (context,)
    except (ValueError, NotImplementedError, IndexError):
        return
