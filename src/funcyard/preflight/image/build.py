"""One build of an image: a Dockerfile, the folder that it is given, and which file goes where.

A file is followed through the stages: from the build context into one, from there into another by
``COPY --from``, until it lies in the image. What ``RUN`` moves is not followed.
"""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING

from funcyard.plain_files import read_text
from funcyard.preflight.image.archive import DEFAULT_ROOT
from funcyard.preflight.image.dockerfile import read_dockerfile
from funcyard.preflight.shipping.dockerignore import Dockerignore, go_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from funcyard.preflight.image.dockerfile import Copy, Dockerfile, Stage

_IGNORE = ".dockerignore"
_SCRIPT_ROOT = "AzureWebJobsScriptRoot"
_OPAQUE = re.compile(
    r"--mount=\S*type=bind|^\s*ADD\s+(?:--\S+\s+)*(?:https?://|git@)", re.MULTILINE
)


class Build:
    """A build.

    Args:
        dockerfile: The Dockerfile.
        context: The folder whose files it may copy.
        stage: The stage that is built, by name or number; empty for the last.
        arguments: Build arguments that are given.
    """

    def __init__(
        self,
        dockerfile: Path,
        context: Path,
        stage: str = "",
        arguments: Mapping[str, str] | None = None,
    ) -> None:
        self.dockerfile = dockerfile
        self.context = context
        self._wanted = stage
        self._arguments = arguments or {}

    @cached_property
    def text(self) -> str:
        """What the Dockerfile holds, empty where it cannot be read."""
        return _text(self.dockerfile)

    @cached_property
    def file(self) -> Dockerfile:
        """What the Dockerfile says."""
        return read_dockerfile(self.text, self._arguments)

    @cached_property
    def stage(self) -> Stage | None:
        """The stage that the image is made of, None where the Dockerfile makes none."""
        return self.stage_called(self._wanted) or self.file.final

    @cached_property
    def script_root(self) -> str | None:
        """The folder in which the Functions host looks for the app; None where it is not known."""
        told = self.stage.setting(_SCRIPT_ROOT) if self.stage else None
        value = DEFAULT_ROOT if told is None else told.value
        return posixpath.normpath(value) if value is not None else None

    @cached_property
    def is_known(self) -> bool:
        """Whether all that is put into the image can be told."""
        known = self.stage is not None and self.stage.image.value is not None
        return known and _OPAQUE.search(self.text.replace("\\\n", " ")) is None

    @cached_property
    def ignore_file(self) -> Path:
        """What says which files of the context are left out; it may not be there."""
        beside = self.dockerfile.with_name(f"{self.dockerfile.name}{_IGNORE}")
        return beside if beside.is_file() else self.context / _IGNORE

    @cached_property
    def ignore(self) -> Dockerignore:
        """What that says."""
        return Dockerignore(_text(self.ignore_file))

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """The instructions that copy from the context into what the image is made of."""
        stages: dict[int, Stage] = {}
        waiting = [self.stage] if self.stage else []
        while waiting:
            for stage in waiting.pop().chain:
                if stages.setdefault(id(stage), stage) is stage:
                    origins = (self.stage_called(copy.origin) for copy in stage.copies)
                    waiting += [one for one in origins if one and id(one) not in stages]
        return tuple(copy for stage in stages.values() for copy in stage.copies if not copy.origin)

    def stage_called(self, wanted: str) -> Stage | None:
        """Return the stage of that name or number, None where there is none."""
        for number, stage in enumerate(self.file.stages):
            if wanted and wanted.lower() in {stage.name.lower(), str(number)}:
                return stage
        return None

    def takes(self, name: str) -> bool:
        """Tell whether a file of the context, relative to it, is copied anywhere."""
        return any(_inside(source, name) is not None for c in self.copies for source in c.sources)

    def places(self, name: str) -> frozenset[str]:
        """Return where in the image a file of the context, relative to it, comes to lie."""
        return frozenset(self._places(self.stage, name, depth=0)) if self.stage else frozenset()

    def _places(self, stage: Stage, name: str, depth: int) -> Iterator[str]:
        if stage.parent is not None:
            yield from self._places(stage.parent, name, depth)
        for copy in stage.copies:
            origin = self.stage_called(copy.origin)
            if not copy.origin:
                names = [name]
            elif origin is not None and depth < len(self.file.stages):
                names = [place.lstrip("/") for place in self._places(origin, name, depth + 1)]
            else:
                continue  # another image
            for source in copy.sources:
                for one in names:
                    inner = _inside(source, one)
                    if inner is not None:
                        yield self._placed(stage, copy, one, inner)

    def _placed(self, stage: Stage, copy: Copy, name: str, inner: str) -> str:
        target = posixpath.normpath(copy.target)
        is_folder = copy.target.endswith(("/", "/.")) or len(copy.sources) > 1
        if not inner and (is_folder or target in {stage.workdir, DEFAULT_ROOT, self.script_root}):
            inner = posixpath.basename(name)
        return posixpath.join(target, inner) if inner else target


def _inside(source: str, name: str) -> str | None:
    """Return a file's path in what a source of ``COPY`` names, None where that is not in it.

    It is empty where the source is the file itself.
    """
    wanted = posixpath.normpath(source.strip("/") or ".")
    if wanted == ".":
        return name
    parts = name.split("/")
    depth = wanted.count("/") + 1
    if not go_pattern(wanted).fullmatch("/".join(parts[:depth])):
        return None
    return "/".join(parts[depth:])


def _text(path: Path) -> str:
    try:
        return read_text(path, errors="replace")
    except OSError:
        return ""
