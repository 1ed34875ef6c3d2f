"""``funcyard emulator connection``: the connection string of what serves a location."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import SERVICES, json_option, location_option
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("connection")
@click.argument("service", type=SERVICES, default="files")
@location_option
@click.option("--account", metavar="NAME", help="Of this account instead of the first.")
@json_option
def command(service: str, location: Path, account: str | None, as_json: bool) -> None:
    """Print the connection string for SDKs. It holds the account's key: treat it as a secret.

    Exit status: 0, 1 nothing serves there, 2 it serves no such account.
    """
    from funcyard.emulator.files import service as files  # noqa: PLC0415 - keeps --help fast

    del service
    serving = files.find(location.absolute())
    named = account or serving.accounts[0]
    if named not in serving.accounts:
        raise files.AccountError(
            f"no account {named} is served", hint=f"served: {', '.join(serving.accounts)}"
        )
    text = files.connection_string(serving, named)
    click.echo(to_json({"connection_string": text}) if as_json else text)
