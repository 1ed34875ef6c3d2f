"""How commands take paths: refused before anything is done where they cannot be meant.

A new project's folder, a store and a file to be written need not exist; other folders must.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from funcyard.project.place import usable

if TYPE_CHECKING:
    import os


class UsablePath(click.Path):
    """A path as :func:`funcyard.project.place.usable` wants it; it is handed on as it was given."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(path_type=Path, **given)

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401 - click's own
        """Return the path.

        Raises:
            BadPathError: It cannot be used.
            click.BadParameter: It is not there or of the wrong kind.
        """
        usable(value)
        return super().convert(value, param, ctx)


ANY_PATH = UsablePath()
NEW_FOLDER = UsablePath(file_okay=False)
PROJECT = UsablePath(file_okay=False)
"""Whoever looks for the project says when the folder is not there."""

FOLDER = UsablePath(exists=True, file_okay=False)
FILE = UsablePath(exists=True, dir_okay=False)
