"""``funcyard emulator start vault``: Key Vault's secrets over HTTPS, with a sign-in of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import (
    address_option,
    lines_option,
    location_of,
    location_option,
    loopback,
    port_option,
)
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.emulator.vault.service import VaultService


@click.command("vault")
@port_option(10004)
@address_option
@location_option
@click.option(
    "--vault",
    "vaults",
    multiple=True,
    metavar="NAME",
    default=["local"],
    show_default=True,
    help="Serve this vault (repeatable).",
)
@click.option(
    "--retention",
    type=click.IntRange(7, 90),
    default=90,
    show_default=True,
    metavar="DAYS",
    help="Keep deleted secrets for so long.",
)
@lines_option
def command(
    port: int,
    address: str,
    location: Path | None,
    vaults: tuple[str, ...],
    retention: int,
    as_json: bool,
) -> int:
    """Serve the secrets of Key Vault until Ctrl-C or `funcyard emulator stop vault`.

    `funcyard emulator connection vault` prints what clients need: the vault's address, the
    application that may sign in, and the certificate to trust.

    Exit status: 0 ended by SIGTERM or `stop`, 1 it cannot start, 2 bad usage, 130 interrupted.
    """
    import uvloop  # noqa: PLC0415 - keeps --help fast

    from funcyard.cli.emulator._serving import serve  # noqa: PLC0415 - keeps --help fast
    from funcyard.emulator.vault.service import VaultService  # noqa: PLC0415 - keeps --help fast

    folder = location_of("vault", location)
    service = VaultService(
        folder, vaults, address=loopback(address), port=port, retention=retention
    )
    return uvloop.run(
        serve(service, lambda: _show_ready(service, as_json=as_json), as_json=as_json)
    )


def _show_ready(service: VaultService, *, as_json: bool) -> None:
    serving = service.serving
    endpoints = {vault: serving.endpoint(vault) for vault in serving.vaults}
    if as_json:
        ready = {"event": "ready", "pid": serving.pid, "endpoints": endpoints, "ca": serving.ca}
        click.echo(to_json(ready, indent=None))
        return
    for endpoint in endpoints.values():
        click.echo(f"Key Vault: {endpoint}")
    click.echo(f"certificate to trust: {serving.ca}")
