"""``funcyard emulator reset``: a local Azure as it was when it was new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import json_option, location_of, location_option
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("reset")
@click.argument("service", type=click.Choice(["azure"]))
@location_option
@json_option
def command(service: str, location: Path | None, as_json: bool) -> None:
    """Forget every resource of a location and its data; sign-in and certificates stay.

    Exit status: 0, 1 it serves, or there is none.
    """
    from funcyard.emulator.core.finding import reset  # noqa: PLC0415 - keeps --help fast

    folder = location_of(service, location)
    reset(folder)
    click.echo(to_json({"reset": str(folder)}) if as_json else f"forgot what {folder} kept")
