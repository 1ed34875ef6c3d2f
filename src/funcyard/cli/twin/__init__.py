"""``funcyard twin``: digital twins by layers."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "validate": "Check a twin's files and report every fault with its line and column.",
    "schema": "Print the JSON Schema of a twin's file.",
    "plan": "Show what a deployment would do.",
    "deploy": "Bring a twin's layers to Azure, or to where they differ.",
    "check": "Tell of every resource whether it is as it shall be.",
    "simulate": "Send the readings of simulated devices.",
    "info": "Tell what was deployed, layer by layer, and where it answers.",
    "rotate": "Replace the tokens that clouds show each other.",
    "resume": "Go on with a deployment that was cut short.",
    "destroy": "Take everything away that was deployed.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.twin")
def command() -> None:
    """Check, deploy and simulate a digital twin, layer by layer."""
