"""``funcyard workspace files``: the files of a workspace, one at a time."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "list": "List what a folder holds, with all below it.",
    "get": "Print a file, or bring it here.",
    "put": "Write a file from one of this machine.",
    "make-folder": "Make a folder.",
    "move": "Move or rename a file or a folder.",
    "remove": "Remove a file, or a folder and all in it.",
    "search": "Find a text in the files.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.workspace.files")
def command() -> None:
    """Read, write, move and search the files of a workspace; every change is a version."""
