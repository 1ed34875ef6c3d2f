"""``funcyard emulator start``: a group of what can be served."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "azure": "Serve a local Azure: its Resource Manager, what that makes, and the sign-in.",
        "files": "Serve Azure Files: shares, directories and files over REST.",
        "vault": "Serve Key Vault: secrets over HTTPS, and the sign-in they need.",
    },
    package="funcyard.cli.emulator",
)
def command() -> None:
    """Serve until told to end."""
