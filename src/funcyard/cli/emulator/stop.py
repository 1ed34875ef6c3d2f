"""``funcyard emulator stop``: end what serves a location."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import SERVICES, json_option, location_option
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE_SECONDS = 15.0


@click.command("stop")
@click.argument("service", type=SERVICES, default="files")
@location_option
@json_option
def command(service: str, location: Path, as_json: bool) -> None:
    """End what serves a location, and wait until it has ended.

    Exit status: 0 it ended, 1 nothing served there.
    """
    from funcyard.emulator.files.service import stop  # noqa: PLC0415 - keeps --help fast

    del service
    pid = stop(location.absolute(), timeout=_PATIENCE_SECONDS)
    click.echo(to_json({"stopped": pid}) if as_json else f"stopped process {pid}")
