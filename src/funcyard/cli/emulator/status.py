"""``funcyard emulator status``: what serves a location, without its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import SERVICES, json_option, location_option
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("status")
@click.argument("service", type=SERVICES, default="files")
@location_option
@json_option
def command(service: str, location: Path, as_json: bool) -> None:
    """Show what serves a location, and where it listens.

    Exit status: 0 it serves, 1 nothing does.
    """
    from funcyard.emulator.files.service import find  # noqa: PLC0415 - keeps --help fast

    serving = find(location.absolute())
    endpoints = {account: serving.endpoint(account) for account in serving.accounts}
    if as_json:
        click.echo(to_json({"service": service, "pid": serving.pid, "endpoints": endpoints}))
        return
    for endpoint in endpoints.values():
        click.echo(f"Azure Files: {endpoint} (process {serving.pid})")
