"""The files of an app that an image built now would hold, by where they would lie in it.

What counts is what a fresh checkout has: files that Git ignores are not expected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts, Facts


def expected_files(facts: Facts, app: AppFacts, root: str) -> dict[str, Path]:
    """Return the files that an image would hold below a folder, by path in it.

    Where no ``COPY`` of the build's own files leads there, the app's folder is expected as it is.

    Args:
        facts: The facts.
        app: The app.
        root: The folder, in which the host looks for the app.
    """
    build = app.builds[0] if app.builds else None
    context = build.context if build is not None else app.directory
    found: dict[str, Path] = {}
    as_it_is: dict[str, Path] = {}
    for path in (context / name for name in facts.around.names_below(context)):
        name = path.relative_to(context).as_posix()
        if not path.is_file() or (build is not None and build.ignore.decides(name)):
            continue
        for place in build.places(name) if build is not None else ():
            if place.startswith(f"{root}/"):
                found[place.removeprefix(f"{root}/")] = path
        if path.is_relative_to(app.directory):
            as_it_is[path.relative_to(app.directory).as_posix()] = path
    return found or as_it_is
