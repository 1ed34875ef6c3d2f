"""``funcyard orch config``: which app is meant where neither option nor environment say it."""

from __future__ import annotations

import os

import click

from funcyard.cli.orch._options import app_options
from funcyard.cli.orch._profiles import NAMES, change_profile, checked, folder_of
from funcyard.cli.orch._which import Choice, needed, profile_of, settings_of
from funcyard.output import table, to_json

_profile = click.option("--profile", metavar="NAME", help="Of this profile instead of the usual.")
_name = click.argument("name", metavar="SETTING", type=click.Choice(NAMES))


@click.group()
def command() -> None:
    """Note down which app is meant where neither an option nor the environment says it."""


@command.command("set")
@_name
@click.argument("value")
@_profile
def set_command(name: str, value: str, profile: str | None) -> None:
    """Set SETTING to VALUE in the profile; an empty VALUE takes it away."""
    meant = profile_of(Choice(profile=profile), os.environ)
    kept = checked(name, value, name) if value else None
    change_profile(folder_of(os.environ), meant, name, kept)


@command.command("get")
@_name
@app_options
def get_command(name: str, choice: Choice) -> None:
    """Print what SETTING is, wherever that is from."""
    settings = settings_of(choice, os.environ)
    (value,) = needed(settings, name)
    click.echo(to_json({name: settings[name]}, indent=None) if choice.as_json else value)


@command.command("list")
@app_options
def list_command(choice: Choice) -> None:
    """List what each setting is, and where that is from."""
    settings = settings_of(choice, os.environ)
    if choice.as_json:
        click.echo(to_json({"settings": settings}))
        return
    rows = [(name, one.value, one.source) for name, one in settings.items()]
    click.echo(table(["setting", "value", "from"], rows) if rows else "nothing is set")
