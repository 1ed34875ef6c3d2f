"""Options that the emulator's commands share."""

from __future__ import annotations

import os
from pathlib import Path

import click

from funcyard.cli._paths import NEW_FOLDER

KEY_VARIABLE = "FUNCYARD_EMULATOR_KEY"
SERVICES = click.Choice(["files"])

location_option = click.option(
    "--location",
    type=NEW_FOLDER,
    default=Path(".funcyard/files"),
    show_default=True,
    help="Folder of the data: LOCATION/ACCOUNT/SHARE are plain folders.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def given_key() -> str | None:
    """Return the key that the environment gives, which no command line ever shows."""
    return os.environ.get(KEY_VARIABLE) or None
