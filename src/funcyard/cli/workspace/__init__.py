"""``funcyard workspace``: the platform that keeps workspace code in step, or has it edited."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "up": "Run the platform on this machine, without Docker and without Azure.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.workspace")
def command() -> None:
    """Keep workspace code in step with GitHub, or edit it by hand, and run it at once."""
