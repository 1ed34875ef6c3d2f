"""``funcyard twin schema``: the JSON Schemas of a twin's files, for editors."""

from __future__ import annotations

import json

import click

from funcyard.output import table, to_json
from funcyard.twin.config.files import MODELS
from funcyard.twin.config.schema import schema_text

_FILES = {file.rpartition("/")[2]: file for file in MODELS}


@click.command("schema")
@click.argument("file", required=False, type=click.Choice([*_FILES]), metavar="[FILE]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(file: str | None, as_json: bool) -> None:
    """Print the JSON Schema of a twin's file, for an editor.

    FILE is the file's name, such as config_events.json. Without it the files are listed, and with
    --json all their schemas are printed, each by its file's name.
    """
    if file is not None:
        click.echo(schema_text(_FILES[file]), nl=False)
        return
    schemas = {name: json.loads(schema_text(path)) for name, path in _FILES.items()}
    if as_json:
        click.echo(to_json(schemas))
        return
    rows = [(path, schemas[name]["description"]) for name, path in _FILES.items()]
    click.echo(table(["FILE", "WHAT IT SAYS"], rows))
