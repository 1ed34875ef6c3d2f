"""The files of an app that an image built now would hold, by where they would lie in it.

What counts is what a fresh checkout has: files that Git ignores are not expected.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from funcyard.plain_files import read_text
from funcyard.preflight.image.building import built_image
from funcyard.preflight.shipping.dockerignore import Dockerignore, go_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.image.dockerfile import Copy


def expected_files(facts: Facts, app: AppFacts, root: str) -> dict[str, Path]:
    """Return the files that an image would hold below a folder, by path in it.

    Where no ``COPY`` of the build's own files leads there, the app's folder is expected as it is.

    Args:
        facts: The facts.
        app: The app.
        root: The folder, in which the host looks for the app.
    """
    dockerfile = app.target.dockerfile
    own = dockerfile is None or dockerfile.parent == app.directory
    context = app.directory if own else facts.root
    ignore = _ignore(context, dockerfile)
    files = {
        name: path
        for path in map(facts.root.joinpath, facts.tree.files)
        if path.is_relative_to(context) and path.is_file()
        if not ignore.decides(name := path.relative_to(context).as_posix())
    }
    found: dict[str, Path] = {}
    for copy in _copies(app):
        for source in copy.sources:
            for target, name in _copied(copy, source, files, root):
                if target.startswith(f"{root}/"):
                    found[target.removeprefix(f"{root}/")] = files[name]
    if found:
        return found
    return {
        path.relative_to(app.directory).as_posix(): path
        for path in files.values()
        if path.is_relative_to(app.directory)
    }


def _ignore(context: Path, dockerfile: Path | None) -> Dockerignore:
    beside = dockerfile.with_name(f"{dockerfile.name}.dockerignore") if dockerfile else None
    for path in (beside, context / ".dockerignore"):
        try:
            if path is not None:
                return Dockerignore(read_text(path, errors="replace"))
        except OSError:
            continue
    return Dockerignore("")


def _copies(app: AppFacts) -> Iterator[Copy]:
    image = built_image(app)
    for stage in reversed(list(image.stage.chain)) if image is not None else ():
        yield from (copy for copy in stage.copies if not copy.origin)


def _copied(
    copy: Copy, source: str, files: dict[str, Path], root: str
) -> Iterator[tuple[str, str]]:
    """Yield where each file that a source names is copied to, and the file."""
    wanted = posixpath.normpath(source.strip("/") or ".")
    expression = go_pattern(wanted)
    target = posixpath.normpath(copy.target)
    folder = copy.target.endswith(("/", "/.")) or len(copy.sources) > 1 or target == root
    for name in files:
        if wanted == ".":
            yield posixpath.join(target, name), name
            continue
        parts = name.split("/")
        depth = wanted.count("/") + 1
        if not expression.fullmatch("/".join(parts[:depth])):
            continue
        if len(parts) > depth:
            yield posixpath.join(target, *parts[depth:]), name
        else:
            yield posixpath.join(target, parts[-1]) if folder else target, name
