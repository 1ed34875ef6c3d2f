"""``funcyard emulator stop``: end what serves a location."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import (
    json_option,
    location_of,
    location_option,
    service_argument,
)
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE_SECONDS = 15.0


@click.command("stop")
@service_argument
@location_option
@json_option
def command(service: str, location: Path | None, as_json: bool) -> None:
    """End what serves a location, and wait until it has ended.

    Exit status: 0 it ended, 1 nothing served there.
    """
    if service == "vault":
        from funcyard.emulator.vault.service import stop  # noqa: PLC0415 - keeps --help fast
    elif service == "azure":
        from funcyard.emulator.core.finding import stop  # noqa: PLC0415 - keeps --help fast
    else:
        from funcyard.emulator.files.service import stop  # noqa: PLC0415 - keeps --help fast

    pid = stop(location_of(service, location), timeout=_PATIENCE_SECONDS)
    click.echo(to_json({"stopped": pid}) if as_json else f"stopped process {pid}")
