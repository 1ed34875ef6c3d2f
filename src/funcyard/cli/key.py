"""``funcyard key``: account keys of the storage emulator."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from funcyard.cli._paths import PROJECT
from funcyard.output import to_json
from funcyard.project.account_key import generate_key

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def command() -> None:
    """Generate or rotate the storage emulator's account key, or print what connects with it."""


@command.command("generate")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def generate_command(as_json: bool) -> None:
    """Print a new key: 64 random bytes in base64."""
    key = generate_key()
    click.echo(to_json({"key": key}) if as_json else key)


@command.command("rotate")
@click.argument("directory", default=".", type=PROJECT)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def rotate_command(directory: Path, as_json: bool) -> None:
    """Put a new key into the project's .env.local; the rest of the file stays, nothing is shown."""
    from funcyard.project.env_file import rotate_key  # noqa: PLC0415 - keeps the others fast

    rotated = rotate_key(directory, key=generate_key())
    restart = "what runs with the old key must be restarted: `funcyard up`, containers"
    if as_json:
        document = {"root": rotated.root, "file": rotated.path, "added": rotated.added}
        click.echo(to_json({**document, "notices": [restart]}))
        return
    verb = "added a key to" if rotated.added else "replaced the key in"
    click.echo(f"{verb} {rotated.root / rotated.path}")
    click.secho("note: ", fg="yellow", err=True, nl=False)
    click.echo(restart, err=True)


@command.command("connection")
@click.argument("directory", default=".", type=PROJECT)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def connection_command(directory: Path, as_json: bool) -> None:
    """Print the storage emulator's connection string, key included, for other tools.

    Core Tools take it from the environment: AzureWebJobsStorage="$(funcyard key connection)".
    """
    from funcyard.project.connecting import storage_connection  # noqa: PLC0415 - keeps the others fast
    from funcyard.project.root import find_root  # noqa: PLC0415 - keeps the others fast

    connection = storage_connection(find_root(directory), os.environ)
    click.echo(to_json({"connection_string": connection}) if as_json else connection)
