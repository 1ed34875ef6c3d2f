"""``funcyard emulator status``: what serves a location, without its key."""

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


@click.command("status")
@service_argument
@location_option
@json_option
def command(service: str, location: Path | None, as_json: bool) -> None:
    """Show what serves a location, and where it listens.

    Exit status: 0 it serves, 1 nothing does.
    """
    folder = location_of(service, location)
    if service == "vault":
        from funcyard.emulator.vault import service as vault  # noqa: PLC0415 - asked of one alone

        vaults = vault.find(folder)
        name, pid, more = "Key Vault", vaults.pid, {"ca": vaults.ca}
        endpoints = {one: vaults.endpoint(one) for one in vaults.vaults}
    elif service == "azure":
        from funcyard.emulator.core import finding as azure  # noqa: PLC0415 - asked of one alone

        cloud = azure.find(folder)
        name, pid, more = "Azure", cloud.pid, {"ca": cloud.ca}
        endpoints = {"manager": cloud.url}
    else:
        from funcyard.emulator.files import service as files  # noqa: PLC0415 - asked of one alone

        shares = files.find(folder)
        name, pid, more = "Azure Files", shares.pid, {}
        endpoints = {one: shares.endpoint(one) for one in shares.accounts}
    if as_json:
        click.echo(to_json({"service": service, "pid": pid, "endpoints": endpoints, **more}))
        return
    for endpoint in endpoints.values():
        click.echo(f"{name}: {endpoint} (process {pid})")
