"""``funcyard twin``: digital twins by layers."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "validate": "Check a twin's files and report every fault with its line and column.",
    "schema": "Print the JSON Schema of a twin's file.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.twin")
def command() -> None:
    """Check a digital twin's files, and print their schemas."""
