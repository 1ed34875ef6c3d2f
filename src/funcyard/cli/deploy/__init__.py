"""``funcyard deploy``: a project in Azure, or in the local one."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "plan": "Show what a deployment would do.",
    "up": "Bring the project to Azure, or to where it differs.",
    "check": "Tell of every resource whether it is as it shall be.",
    "resume": "Go on with a deployment that was cut short.",
    "down": "Take everything away that was deployed.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.deploy")
def command() -> None:
    """Deploy a project's apps, storage, settings and code, to Azure or to a local one."""
