"""``funcyard add``: an app or storage, into the spec and into the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._project import changing_options, directory_option, now
from funcyard.project.extending import adding_app, adding_storage
from funcyard.project.memory.model import Change, ChangeKind
from funcyard.project.updating import Request

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.cli._project import Changing


@click.group()
def command() -> None:
    """Add an app or storage to a project."""


@command.command("app")
@click.argument("name")
@click.option(
    "--trigger",
    "triggers",
    multiple=True,
    metavar="T",
    help="http, timer, queue or blob, or with its route, schedule, queue or path: queue:tasks. "
    "May be repeated; http unless given.",
)
@click.option("--port", type=int, help="On this machine; the next free one unless given.")
@click.option("--purpose", default="", help="What the app is for, in one line.")
@directory_option
@changing_options
def app_command(
    name: str,
    triggers: tuple[str, ...],
    port: int | None,
    purpose: str,
    directory: Path,
    changing: Changing,
) -> int:
    """Add the app NAME: its files, and what every file that lists apps says of it."""
    request = Request(
        now=now(),
        title=f"funcyard add app {name}",
        change=Change(ChangeKind.ADD, f"added app {name}"),
        edit=adding_app(name, triggers, port=port, purpose=purpose),
    )
    return changing.run(directory, request)


@command.command("storage")
@click.argument("kind", type=click.Choice(["blob", "queue", "table"]))
@click.argument("name")
@click.option("--description", default="", help="What it holds, in one line.")
@directory_option
@changing_options
def storage_command(
    kind: str,
    name: str,
    description: str,
    directory: Path,
    changing: Changing,
) -> int:
    """Declare a blob container, a queue or a table NAME."""
    request = Request(
        now=now(),
        title=f"funcyard add storage {kind} {name}",
        change=Change(ChangeKind.ADD, f"added {kind} {name}"),
        edit=adding_storage(kind, name, description),
    )
    return changing.run(directory, request)
