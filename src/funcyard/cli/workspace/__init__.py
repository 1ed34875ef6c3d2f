"""``funcyard workspace``: the platform that keeps workspace code in step, or has it edited."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "up": "Run the platform on this machine, without Docker and without Azure.",
    "status": "Show what runs and what it is kept in step with.",
    "connect": "Keep the workspace in step with a repository from now on.",
    "sync": "Bring the workspace to where the repository's branch is.",
    "disconnect": "Follow the repository no longer; the files can be edited at once.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.workspace")
def command() -> None:
    """Keep workspace code in step with GitHub, or edit it by hand, and run it at once."""
