"""``funcyard logs``: what a running project logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from funcyard.cli._paths import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


@click.command("logs")
@click.argument("directory", type=PROJECT, default=".")
@click.option("--app", "app", default="", metavar="NAME", help="Only this app's.")
@click.option(
    "-n",
    "--tail",
    "count",
    type=click.IntRange(0, 2000),
    default=100,
    show_default=True,
    help="How many of the latest events.",
)
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(directory: Path, app: str, count: int, follow: bool, as_json: bool) -> None:
    """Show the latest events of a running project: log lines, invocations, states.

    Exit status: 0 shown, 1 the project is not up, 2 it has no such app.
    """
    from funcyard.cli._asking import asked  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli._up_view import format_event  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.events import Event  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.opening import find_root  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.running import state_folder  # noqa: PLC0415 - keeps --help fast

    state = state_folder(find_root(directory))
    for answer in asked(state, op="logs", app=app, count=count, follow=follow):
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False))
        else:
            for line in format_event(Event.from_dict(answer)):
                click.echo(line)
