"""The ways on which an app's files reach Azure, and what each of them drops.

A folder is published (``func azure functionapp publish``: all below the app's folder but what
``.funcignore`` names), or an image is built (what the Dockerfile copies of its build context, less
what ``.dockerignore`` names). An app that has both is held against both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from funcyard.plain_files import read_text
from funcyard.preflight.image.dockerfile import read_dockerfile
from funcyard.preflight.shipping.dockerignore import Dockerignore, go_pattern
from funcyard.preflight.shipping.funcignore import Funcignore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.image.dockerfile import Copy, Stage

_FUNCIGNORE = ".funcignore"
_OPAQUE = re.compile(
    r"--mount=\S*type=bind|^\s*ADD\s+(?:--\S+\s+)*(?:https?://|git@)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Drop:
    """Why a file is not shipped.

    Attributes:
        file: What drops it, as findings tell it; empty where the file lies too far away.
        line: The line there.
        text: That line; empty where it is the lack of one that drops the file.
        why: The reason, as a clause.
    """

    file: str
    line: int
    text: str
    why: str


class Way(Protocol):
    """One way.

    Attributes:
        to: What the files are put in, as messages tell it.
        ignore_file: What says what is left out, as findings tell it.
        is_known: Whether all that is put in can be told.
        roots: The folders whose files are put in.
    """

    to: str
    ignore_file: str
    is_known: bool

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders and files that are put in."""

    def drop(self, path: Path) -> Drop | None:
        """Return why a file is not shipped, None where it is."""

    def pattern(self, path: Path) -> str:
        """Return how the ignore file names a file."""


def ways_of(app: AppFacts, root: Path) -> Iterator[Way]:
    """Yield the ways on which an app in a checked folder may be shipped."""
    published = app.directory / _FUNCIGNORE
    if published.is_file() or app.target.dockerfile is None:
        yield Published(app)
    if app.target.dockerfile is not None:
        yield Image(root, app, app.target.dockerfile)


class Published:
    """A folder that is published."""

    to = "what is published"
    is_known = True

    def __init__(self, app: AppFacts) -> None:
        self._app = app
        self.ignore_file = app.name_of(_FUNCIGNORE)
        self._ignore = Funcignore(_text(app.directory / _FUNCIGNORE))

    @property
    def roots(self) -> tuple[Path, ...]:
        """The app's folder."""
        return (self._app.directory,)

    def drop(self, path: Path) -> Drop | None:
        """Return why a file is not published, None where it is."""
        if not path.is_relative_to(self._app.directory):
            return Drop("", 0, "", "it lies outside of the app's folder")
        inner = path.relative_to(self._app.directory).as_posix()
        if inner == "local.settings.json":
            return Drop("", 0, "", "it is never published")
        line = self._ignore.decides(inner)
        if not line:
            return None
        return Drop(self.ignore_file, line, self._ignore.line(line), f"{_FUNCIGNORE} leaves it out")

    def pattern(self, path: Path) -> str:
        """Return how .funcignore names a file."""
        return path.relative_to(self._app.directory).as_posix()


class Image:
    """An image that is built.

    Args:
        root: The checked folder, which is the context of a Dockerfile that is not the app's own.
        app: The app.
        dockerfile: What builds it.
    """

    to = "the image"

    def __init__(self, root: Path, app: AppFacts, dockerfile: Path) -> None:
        own = dockerfile.parent == app.directory
        self._context = app.directory if own else root
        self._app = app
        self._dockerfile = dockerfile
        text = _text(dockerfile)
        self._file = read_dockerfile(text)
        final = self._file.final
        is_whole = final is not None and final.image.value is not None
        self.is_known = is_whole and _OPAQUE.search(text.replace("\\\n", " ")) is None
        beside = dockerfile.with_name(f"{dockerfile.name}.dockerignore")
        ignore = beside if beside.is_file() else self._context / ".dockerignore"
        self.ignore_file = app.name_of(ignore)
        self._ignore = Dockerignore(_text(ignore))

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """The instructions that copy from the build context into what the image is made of."""
        stages: dict[int, Stage] = {}
        waiting = [self._file.final] if self._file.final else []
        while waiting:
            for stage in waiting.pop().chain:
                if stages.setdefault(id(stage), stage) is stage:
                    origins = {copy.origin.lower() for copy in stage.copies if copy.origin}
                    waiting += [
                        other
                        for number, other in enumerate(self._file.stages)
                        if {other.name.lower(), str(number)} & origins and id(other) not in stages
                    ]
        return tuple(copy for stage in stages.values() for copy in stage.copies if not copy.origin)

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders and files that the Dockerfile copies."""
        names = (source.strip("/") for copy in self.copies for source in copy.sources)
        paths = (self._context / name for name in names)
        return tuple(dict.fromkeys(path for path in paths if path.exists()))

    def drop(self, path: Path) -> Drop | None:
        """Return why a file does not get into the image, None where it does."""
        if not path.is_relative_to(self._context):
            return Drop("", 0, "", "it lies outside of the build context")
        inner = path.relative_to(self._context).as_posix()
        line = self._ignore.decides(inner)
        if line:
            name = self.ignore_file.rpartition("/")[2]
            return Drop(self.ignore_file, line, self._ignore.line(line), f"{name} leaves it out")
        if any(_takes(source, inner) for copy in self.copies for source in copy.sources):
            return None
        begin = self._file.final.line if self._file.final else 1
        return Drop(self._app.name_of(self._dockerfile), begin, "", "no COPY takes it")

    def pattern(self, path: Path) -> str:
        """Return how .dockerignore, and a ``COPY``, name a file."""
        return path.relative_to(self._context).as_posix()

    def refused(self) -> Iterator[tuple[Copy, str, Drop]]:
        """Yield the sources of ``COPY`` that are there and left out of the context."""
        for copy in self.copies:
            for source in copy.sources:
                path = self._context / source.strip("/")
                line = self._ignore.decides(source.strip("/")) if path.is_file() else 0
                if line:
                    text = self._ignore.line(line)
                    yield copy, source, Drop(self.ignore_file, line, text, "it is left out")


def _takes(source: str, path: str) -> bool:
    """Tell whether a source of a ``COPY`` takes a file of the context."""
    wanted = source.strip("/").removeprefix("./")
    if wanted in {"", "."}:
        return True
    parts = path.split("/")
    prefixes = ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    expression = go_pattern(wanted)
    return any(expression.fullmatch(prefix) for prefix in prefixes)


def _text(path: Path) -> str:
    try:
        return read_text(path, errors="replace")
    except OSError:
        return ""
