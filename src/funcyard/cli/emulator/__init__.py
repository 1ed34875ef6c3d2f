"""``funcyard emulator``: local servers that stand for Azure's, for the real SDKs."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "start": "Serve until told to end.",
    "stop": "End what serves.",
    "status": "Show what serves, and where.",
    "connection": "Print what SDKs connect with, secrets included.",
    "reset": "Forget what a local Azure keeps.",
    "image": "Push images to registries of a local Azure, and list them.",
    "token": "Print a token of the vault's sign-in for a service.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.emulator")
def command() -> None:
    """Serve on this machine what no emulator of Microsoft's does: a local Azure, or parts of it."""
