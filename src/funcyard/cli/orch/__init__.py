"""``funcyard orch``: a container app, from the terminal."""

from __future__ import annotations

import click

from funcyard.cli.main import LazyGroup

COMMANDS = {
    "status": "Show an app, its revisions and their replicas, with one verdict.",
    "revisions": "List an app's revisions.",
    "revision": "Activate, deactivate or restart a revision.",
    "replicas": "List replicas and their containers.",
    "logs": "Show what replicas print, all at once, and go on with it.",
    "health": "Say what is wrong with an app, what causes it, and what comes next.",
    "capacity": "Tell what the profile has, what runs there, what a new revision needs.",
    "rollout": "Make a new revision, and follow it until it runs or says why not.",
    "config": "Say which app is meant where nothing else does.",
}


@click.group(cls=LazyGroup, lazy=COMMANDS, package="funcyard.cli.orch")
def command() -> None:
    """Operate a container app: what it does, what is wrong with it, what comes next.

    While Azure is busy (429, 5xx) a command asks again, for a minute in all, and no longer than its
    --timeout; what is followed or watched, for a minute at each look.
    """
