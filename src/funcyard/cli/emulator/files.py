"""``funcyard emulator start files``: Azure Files on a folder of plain files."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import given_key, location_option
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.emulator.files.service import FilesService

_INTERRUPTED = 130


@click.command("files")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=10003,
    show_default=True,
    help="Listen here; 0 takes any free port.",
)
@click.option(
    "--address", default="127.0.0.1", show_default=True, help="Listen on this IP address."
)
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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, ready first.")
def command(
    port: int, address: str, location: Path, accounts: tuple[str, ...], as_json: bool
) -> int:
    """Serve Azure Files until Ctrl-C or `funcyard emulator stop`.

    The account's key is FUNCYARD_EMULATOR_KEY, else one that is made once and kept in the
    location, readable by its owner alone; `funcyard emulator connection` prints it.

    Exit status: 0 ended by SIGTERM or `stop`, 1 it cannot start, 2 bad usage, 130 interrupted.
    """
    import uvloop  # noqa: PLC0415 - keeps --help fast

    from funcyard.emulator.files.service import FilesService, key_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.address import parse_address  # noqa: PLC0415 - keeps --help fast

    location = location.absolute()
    key = key_of(location, given=given_key())
    service = FilesService(location, accounts, key, address=parse_address(address), port=port)
    return uvloop.run(_serve(service, as_json=as_json))


async def _serve(service: FilesService, *, as_json: bool) -> int:
    ended = asyncio.Event()
    interrupts: list[int] = []

    def interrupt() -> None:
        interrupts.append(signal.SIGINT)
        ended.set()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, interrupt)
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    await service.start()
    _show_ready(service, as_json=as_json)
    await ended.wait()
    await service.stop()
    if as_json:
        click.echo(to_json({"event": "ended"}, indent=None))
    return _INTERRUPTED if interrupts else 0


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
