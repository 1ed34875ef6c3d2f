"""``funcyard emulator image``: images in the container registries of a local Azure."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "push": "Make an image of a folder and push it to a registry.",
    "list": "List what a registry holds.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.emulator.image")
def command() -> None:
    """Push images to the container registries of a local Azure, and list them."""
