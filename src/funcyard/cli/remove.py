"""``funcyard remove``: an app out of the spec and out of the project, edited files excepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._completing import complete_app
from funcyard.cli._project import changing_options, directory_option, now
from funcyard.project.extending import removing_app
from funcyard.project.memory.model import Change, ChangeKind
from funcyard.project.updating import Request

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.cli._project import Changing


@click.group()
def command() -> None:
    """Remove an app from a project."""


@command.command("app")
@click.argument("name", shell_complete=complete_app)
@directory_option
@changing_options
def app_command(
    name: str,
    directory: Path,
    changing: Changing,
) -> int:
    """Remove the app NAME; files of it that you edited or added stay, and are listed."""
    request = Request(
        now=now(),
        title=f"funcyard remove app {name}",
        change=Change(ChangeKind.REMOVE, f"removed app {name}"),
        edit=removing_app(name),
    )
    return changing.run(directory, request)
