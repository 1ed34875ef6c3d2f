"""What ``--image`` of ``funcyard check`` names: the archive of each app's image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.preflight.image.archive import ImageArchiveError
from funcyard.project.place import usable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funcyard.preflight.target import Target


class ImageOptionError(UsageError):
    """``--image`` names no checked app, or one twice."""

    code = "bad-image-option"


def images_of(given: Iterable[str], targets: Sequence[Target]) -> dict[str, Path]:
    """Return the archives that ``[APP=]FILE`` names, absolute, by app.

    Args:
        given: The archives, before each the app's name where there are several apps.
        targets: The apps that are checked.

    Raises:
        ImageOptionError: No such app is checked, one is named twice, or has to be named.
        ImageArchiveError: A file is not there.
        BadPathError: A path can be none.
    """
    names = [target.name for target in targets]
    found: dict[str, Path] = {}
    for text in given:
        name, mark, path = text.partition("=")
        if not mark or (name not in names and Path(text).is_file()):
            name, path = "", text
        if name and name not in names:
            raise ImageOptionError(
                f"no app {name!r} is checked", hint=f"there are: {', '.join(names)}"
            )
        if not name and len(names) > 1:
            raise ImageOptionError(
                f"{len(names)} apps are checked: of which one is {path} the image?",
                hint=f"--image {names[0]}={path}",
            )
        app = name or names[0]
        if app in found:
            raise ImageOptionError(f"--image is given twice for the app {app!r}")
        found[app] = _file(path)
    return found


def _file(path: str) -> Path:
    file = usable(path)
    if not file.is_file():
        raise ImageArchiveError(f"there is no file {path}", hint="docker save IMAGE --output FILE")
    return file
