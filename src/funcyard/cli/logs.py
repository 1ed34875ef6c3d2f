"""``funcyard logs``: what a running project logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from funcyard.cli._completing import complete_running_app
from funcyard.cli._examples import examples
from funcyard.cli._paths import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    "logs",
    epilog=examples(
        ("logs", "the latest events of this folder's project"),
        ("logs shop --app api -f", "those of one app, and what comes"),
        ("logs --tail 0 --follow", "only what comes from now on"),
        ("logs --json", "with every detail, for tools"),
    ),
)
@click.argument("directory", type=PROJECT, default=".")
@click.option(
    "--app",
    "app",
    default="",
    metavar="NAME",
    shell_complete=complete_running_app,
    help="Only this app's. All of them, and the host's own, unless given.",
)
@click.option(
    "-n",
    "--tail",
    "count",
    type=click.IntRange(0, 2000),
    metavar="N",
    default=100,
    show_default=True,
    help="How many of the latest events.",
)
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a line, as up --json does."
)
def command(directory: Path, app: str, count: int, follow: bool, as_json: bool) -> None:
    """Show the latest events of a running project: log lines, invocations, states.

    DIRECTORY is the project, or any folder in it; the current folder unless given.

    Exit status: 0 shown, 1 the project is not up, 2 there is no such project or app.
    """
    from funcyard.cli._asking import asked  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli._up_view import format_event  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.events import Event  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.root import find_root, state_folder  # noqa: PLC0415 - keeps --help fast

    state = state_folder(find_root(directory))
    for answer in asked(state, op="logs", app=app, count=count, follow=follow):
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False))
        else:
            for line in format_event(Event.from_dict(answer)):
                click.echo(line)
