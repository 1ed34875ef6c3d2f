"""``funcyard down``: end a running project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._examples import examples
from funcyard.cli._paths import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE_SECONDS = 90.0  # thirty for functions, thirty for the storage


@click.command(
    "down",
    epilog=examples(
        ("down", "end the current folder's project"),
        ("down shop", "end the project in shop"),
    ),
)
@click.argument("directory", type=PROJECT, default=".")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document: the process that ended."
)
def command(directory: Path, as_json: bool) -> None:
    """End a running project, its `funcyard up` and every process of it.

    DIRECTORY is the project, or any folder in it; the current folder unless given.

    Nothing new is started; functions that run may finish for thirty seconds. What is in storage
    stays for the next `funcyard up`.

    Exit status: 0 it ended, 1 it was not up, 2 there is no project.
    """
    from funcyard.host.client import stop  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.root import find_root, state_folder  # noqa: PLC0415 - keeps --help fast

    pid = stop(state_folder(find_root(directory)), timeout=_PATIENCE_SECONDS)
    click.echo(to_json({"stopped": pid}) if as_json else f"stopped process {pid}")
