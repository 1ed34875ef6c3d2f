"""``funcyard emulator start azure``: a local Azure behind one address."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import click

from funcyard.cli._numbers import FiniteRange
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

    from funcyard.azurite.launching import Program
    from funcyard.emulator.core.service import AzureService


@click.command("azure")
@port_option(10010)
@address_option
@location_option
@click.option(
    "--scale",
    type=FiniteRange(0.001, 1_000_000),
    default=1.0,
    show_default=True,
    metavar="FACTOR",
    help="What takes Azure a second takes one by FACTOR here.",
)
@click.option("--faults", "spec", metavar="SPEC", help="Misbehave: throttle=0.1,latency=2.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of what misbehaves.")
@lines_option
def command(
    port: int,
    address: str,
    location: Path | None,
    scale: float,
    spec: str | None,
    seed: int,
    as_json: bool,
) -> int:
    """Serve a local Azure until Ctrl-C or `funcyard emulator stop azure`.

    `funcyard emulator connection azure` prints what clients need: the sign-in, the subscription,
    the address of its Resource Manager and the certificate to trust.

    Exit status: 0 ended by SIGTERM or `stop`, 1 it cannot start, 2 bad usage, 130 interrupted.
    """
    import uvloop  # noqa: PLC0415 - keeps --help fast

    from funcyard.cli.emulator._serving import serve  # noqa: PLC0415 - keeps --help fast
    from funcyard.emulator.core.clock import Clock  # noqa: PLC0415 - keeps --help fast
    from funcyard.emulator.core.faults import Faults, read_rates  # noqa: PLC0415 - keeps --help fast
    from funcyard.emulator.core.service import AzureService  # noqa: PLC0415 - keeps --help fast

    service = AzureService(
        location_of("azure", location),
        address=loopback(address),
        port=port,
        clock=Clock(scale),
        azurite=azurite,
        faults=Faults(read_rates(spec or ""), seed),
    )
    return uvloop.run(
        serve(service, lambda: _show_ready(service, as_json=as_json), as_json=as_json)
    )


@cache
def azurite() -> Program:
    """Return the Azurite of this machine.

    Raises:
        FuncyardError: There is none.
    """
    from funcyard.cli.azurite import places  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.azurite.locate import find  # noqa: PLC0415 - keeps --help fast

    return find(places())


def _show_ready(service: AzureService, *, as_json: bool) -> None:
    serving = service.serving
    if as_json:
        ready = {"event": "ready", "pid": serving.pid, "url": serving.url, "ca": serving.ca}
        click.echo(to_json({**ready, "subscriptions": serving.subscriptions}, indent=None))
        return
    click.echo(f"Azure: {serving.url}")
    for subscription in serving.subscriptions:
        click.echo(f"subscription: {subscription}")
    click.echo(f"certificate to trust: {serving.ca}")
