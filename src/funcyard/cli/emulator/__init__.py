"""``funcyard emulator``: local servers that stand for Azure's, for the real SDKs."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "start": "Serve until told to end.",
    "stop": "End what serves.",
    "status": "Show what serves, and where.",
    "connection": "Print what SDKs connect with, secrets included.",
    "token": "Print a token of the vault's sign-in for a service.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.emulator")
def command() -> None:
    """Serve Azure Files and Key Vault on this machine: no emulator of Microsoft's does."""
