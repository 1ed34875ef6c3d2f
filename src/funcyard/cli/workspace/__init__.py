"""``funcyard workspace``: the platform that keeps workspace code in step, or has it edited."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "up": "Run the platform on this machine, without Docker and without Azure.",
    "status": "Show what runs and what it is kept in step with.",
    "workflows": "List what can be run.",
    "options": "Print the values that a data provider offers.",
    "run": "Execute a workflow and wait for it.",
    "executions": "List what was executed, or show one execution.",
    "logs": "Show what an execution logs.",
    "result": "Print what an execution returned.",
    "cancel": "End an execution.",
    "versions": "List what can be rolled back to.",
    "rollback": "Make a new version with an older one's files.",
    "download": "Bring all files here as a ZIP file.",
    "files": "Read, write, move and search files.",
    "connect": "Keep the workspace in step with a repository from now on.",
    "follow": "Follow another branch, pause, or use another token or secret.",
    "sync": "Bring the workspace to where the repository's branch is.",
    "disconnect": "Follow the repository no longer; the files can be edited at once.",
    "connections": "List which repositories are followed.",
    "syncs": "List what was synced, or show one sync.",
    "organizations": "Make, change and remove organisations.",
    "keys": "Make and remove the keys that open workflows' endpoints.",
    "health": "Ask whether all that the platform needs answers.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.workspace")
def command() -> None:
    """Keep workspace code in step with GitHub, or edit it by hand, and run it at once."""
