"""Where in the build context a place of an image comes from: its copies, followed backwards.

The other way round than :meth:`.build.Build.places`, so that no file has to be listed. What ``RUN``
moves is not followed, nor what comes from another image.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from funcyard.plain_files import is_file, is_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.image.build import Build
    from funcyard.preflight.image.dockerfile import Copy, Stage

_WILD = frozenset("*?[")
_MOST = 1000
"""Places that are looked at, for stages may copy in circles."""


def file_at(build: Build, place: str, stage: Stage | None = None) -> Path | None:
    """Return the file of the context that lies at a place of an image, None where none does.

    Args:
        build: How the image is built.
        place: An absolute path in the image.
        stage: The stage that is looked at, the last one unless given.
    """
    origins = _origins(build, stage or build.stage, place, as_file=True)
    found = (path for path in origins if is_file(path))
    return next((path for path in found if not _is_ignored(build, path)), None)


def folder_at(build: Build, place: str, stage: Stage | None = None) -> Path | None:
    """Return the folder of the context whose content lies there; arguments as in :func:`file_at`.

    What of it the ignore file leaves out is not looked at.
    """
    found = _origins(build, stage or build.stage, place, as_file=False)
    return next((path for path in found if is_folder(path)), None)


def is_open(build: Build, place: str) -> bool:
    """Tell whether a place is filled with what is not read.

    That is another image, another context, or what is not in the context before it is built.
    """
    stage = build.stage
    copies = (copy for one in (stage.chain if stage else ()) for copy in one.copies)
    return any(_covers(copy, place) and not _is_read(copy, build) for copy in copies)


def _is_read(copy: Copy, build: Build) -> bool:
    if copy.origin:
        return build.stage_called(copy.origin) is not None
    paths = (build.context / source for source in _sources(copy, build))
    return any(is_file(path) or is_folder(path) for path in paths)


def _covers(copy: Copy, place: str) -> bool:
    return f"{place}/".startswith(f"{posixpath.normpath(copy.target).rstrip('/')}/")


def _origins(build: Build, stage: Stage | None, place: str, *, as_file: bool) -> Iterator[Path]:
    """Yield what may lie there, the last copy first; it need not exist."""
    waiting = [(stage, posixpath.normpath(place))]
    seen: set[tuple[int, str]] = set()
    while waiting and len(seen) < _MOST:
        stage, place = waiting.pop()
        if stage is None or (id(stage), place) in seen:
            continue
        seen.add((id(stage), place))
        waiting.append((stage.parent, place))
        for copy in reversed(stage.copies):
            origin = build.stage_called(copy.origin)
            if copy.origin and origin is None:
                continue
            for inner in _before(copy, build, place, as_file=as_file):
                if copy.origin:
                    waiting.append((origin, posixpath.normpath(f"/{inner}")))
                else:
                    yield build.context / inner


def _before(copy: Copy, build: Build, place: str, *, as_file: bool) -> Iterator[str]:
    """Yield which paths an instruction would have put at a place."""
    target = posixpath.normpath(copy.target)
    for source in _sources(copy, build):
        if place == target:
            yield source
        elif place.startswith(f"{target.rstrip('/')}/"):
            yield posixpath.join(source, posixpath.relpath(place, target))
        if as_file and place == posixpath.join(target, posixpath.basename(source)):
            yield source


def _sources(copy: Copy, build: Build) -> Iterator[str]:
    """Yield what an instruction copies, patterns of the context filled in."""
    for source in copy.sources:
        name = source.strip("/") or "."
        if copy.origin or _WILD.isdisjoint(name):
            yield name
        else:
            yield from _matching(build.context, name)


def _matching(context: Path, pattern: str) -> Iterator[str]:
    try:
        yield from sorted(path.relative_to(context).as_posix() for path in context.glob(pattern))
    except (ValueError, NotImplementedError, IndexError):
        return


def _is_ignored(build: Build, path: Path) -> bool:
    return bool(build.ignore.decides(path.relative_to(build.context).as_posix()))
