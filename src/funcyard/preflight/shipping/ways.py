"""The ways on which an app's files reach Azure, and what each of them drops.

A folder is published (``func azure functionapp publish``: all below the app's folder but what
``.funcignore`` names), or an image is built (what the Dockerfile copies of its build context, less
what ``.dockerignore`` names). An app that has both is held against both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from funcyard.funcignore import Funcignore
from funcyard.plain_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.image.build import Build
    from funcyard.preflight.image.dockerfile import Copy

_FUNCIGNORE = ".funcignore"


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


def ways_of(app: AppFacts) -> Iterator[Way]:
    """Yield the ways on which an app may be shipped."""
    published = app.directory / _FUNCIGNORE
    if published.is_file() or not app.builds:
        yield Published(app)
    for build in app.builds:
        yield Image(app, build)


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
        app: The app.
        build: How it is built.
    """

    to = "the image"

    def __init__(self, app: AppFacts, build: Build) -> None:
        self._app = app
        self._build = build
        self.is_known = build.is_known
        self.ignore_file = app.name_of(build.ignore_file)

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders and files that the Dockerfile copies."""
        names = (source.strip("/") for copy in self._build.copies for source in copy.sources)
        paths = (self._build.context / name for name in names)
        return tuple(dict.fromkeys(path for path in paths if path.exists()))

    def drop(self, path: Path) -> Drop | None:
        """Return why a file does not get into the image, None where it does."""
        build = self._build
        if not path.is_relative_to(build.context):
            return Drop("", 0, "", "it lies outside of the build context")
        inner = path.relative_to(build.context).as_posix()
        line = build.ignore.decides(inner)
        if line:
            name = self.ignore_file.rpartition("/")[2]
            return Drop(self.ignore_file, line, build.ignore.line(line), f"{name} leaves it out")
        if build.takes(inner):
            return None
        begin = build.stage.line if build.stage else 1
        return Drop(self._app.name_of(build.dockerfile), begin, "", "no COPY takes it")

    def pattern(self, path: Path) -> str:
        """Return how .dockerignore, and a ``COPY``, name a file."""
        return path.relative_to(self._build.context).as_posix()

    def refused(self) -> Iterator[tuple[Copy, str, Drop]]:
        """Yield the sources of ``COPY`` that are there and left out of the context."""
        ignore = self._build.ignore
        for copy in self._build.copies:
            for source in copy.sources:
                path = self._build.context / source.strip("/")
                line = ignore.decides(source.strip("/")) if path.is_file() else 0
                if line:
                    text = ignore.line(line)
                    yield copy, source, Drop(self.ignore_file, line, text, "it is left out")


def _text(path: Path) -> str:
    try:
        return read_text(path, errors="replace")
    except OSError:
        return ""
