"""Options that the emulator's commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from funcyard.cli._paths import NEW_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.decorators import FC

KEY_VARIABLE = "FUNCYARD_EMULATOR_KEY"
SERVICES = click.Choice(["files", "vault", "azure"])

_HELP = "Folder of the data: .funcyard/SERVICE without it."

service_argument = click.argument("service", type=SERVICES, default="files")
location_option = click.option("--location", type=NEW_FOLDER, help=_HELP)
address_option = click.option(
    "--address", default="127.0.0.1", show_default=True, help="Listen on this IP address."
)
lines_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a line, ready first."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def given_key() -> str | None:
    """Return the key that the environment gives, which no command line ever shows."""
    return os.environ.get(KEY_VARIABLE) or None


def location_of(service: str, given: Path | None) -> Path:
    """Return the folder of a service's data."""
    return (given or Path(".funcyard") / service).absolute()


def loopback(given: str) -> str:
    """Return an address of this machine's own.

    Raises:
        AddressError: Others reach it, or it is none.
    """
    from funcyard.host.address import AddressError, is_loopback, parse_address  # noqa: PLC0415 - keeps --help fast

    parsed = parse_address(given)
    if not is_loopback(parsed):
        raise AddressError(
            f"this listens on this machine alone, not on {parsed}",
            hint="its certificate vouches for localhost only: --address 127.0.0.1",
        )
    return parsed


def port_option(default: int) -> Callable[[FC], FC]:
    """Return the option that says on which port a service listens."""
    return click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=default,
        show_default=True,
        help="Listen here; 0 takes any free port.",
    )
