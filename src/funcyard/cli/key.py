"""``funcyard key``: account keys of the storage emulator."""

from __future__ import annotations

import click

from funcyard.output import to_json
from funcyard.project.account_key import generate_key


@click.group()
def command() -> None:
    """Generate or rotate the storage emulator's account key."""


@command.command("generate")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def generate_command(as_json: bool) -> None:
    """Print a new key: 64 random bytes in base64."""
    key = generate_key()
    click.echo(to_json({"key": key}) if as_json else key)
