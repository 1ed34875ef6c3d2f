"""``funcyard emulator start files``: Azure Files on a folder of plain files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import (
    address_option,
    given_key,
    lines_option,
    location_of,
    location_option,
    port_option,
)
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.emulator.files.service import FilesService


@click.command("files")
@port_option(10003)
@address_option
@location_option
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="NAME",
    default=["devstoreaccount1"],
    show_default=True,
    help="Serve this storage account (repeatable).",
)
@lines_option
def command(
    port: int, address: str, location: Path | None, accounts: tuple[str, ...], as_json: bool
) -> int:
    """Serve Azure Files until Ctrl-C or `funcyard emulator stop`.

    The account's key is FUNCYARD_EMULATOR_KEY, else one that is made once and kept in the
    location, readable by its owner alone; `funcyard emulator connection` prints it.

    Exit status: 0 ended by SIGTERM or `stop`, 1 it cannot start, 2 bad usage, 130 interrupted.
    """
    import uvloop  # noqa: PLC0415 - keeps --help fast

    from funcyard.cli.emulator._serving import serve  # noqa: PLC0415 - keeps --help fast
    from funcyard.emulator.files.service import FilesService, key_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.address import parse_address  # noqa: PLC0415 - keeps --help fast

    folder = location_of("files", location)
    key = key_of(folder, given=given_key())
    service = FilesService(folder, accounts, key, address=parse_address(address), port=port)
    return uvloop.run(
        serve(service, lambda: _show_ready(service, as_json=as_json), as_json=as_json)
    )


def _show_ready(service: FilesService, *, as_json: bool) -> None:
    serving = service.serving
    endpoints = {account: serving.endpoint(account) for account in serving.accounts}
    if as_json:
        ready = {"event": "ready", "pid": serving.pid, "endpoints": endpoints}
        click.echo(to_json({**ready, "recovered": service.recovered}, indent=None))
        return
    if service.recovered:
        click.echo(f"completed {service.recovered} change that was cut short")
    for endpoint in endpoints.values():
        click.echo(f"Azure Files: {endpoint}")
