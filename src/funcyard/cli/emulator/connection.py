"""``funcyard emulator connection``: what clients of a location's service connect with."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import (
    json_option,
    location_of,
    location_option,
    service_argument,
)
from funcyard.errors import UsageError
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("connection")
@service_argument
@location_option
@click.option("--account", metavar="NAME", help="Of this account of files instead of the first.")
@click.option("--vault", metavar="NAME", help="Of this vault instead of the first.")
@click.option("--identity", metavar="ID", help="As this managed identity of a local Azure.")
@json_option
def command(
    service: str,
    location: Path | None,
    account: str | None,
    vault: str | None,
    identity: str | None,
    as_json: bool,
) -> None:
    """Print what SDKs connect with. It holds a key or secret: treat it as one.

    Of files it is the connection string; of a vault and of a local Azure, lines for a shell or a
    file of settings: the sign-in as azure-identity reads it, what is where, and the certificate to
    trust.

    Exit status: 0, 1 nothing serves there, 2 it serves no such account or vault.
    """
    options = (("account", account, "files"), ("vault", vault, "vault"))
    for name, value, owner in (*options, ("identity", identity, "azure")):
        if value is not None and service != owner:
            raise UsageError(f"{service} has no --{name}")
    folder = location_of(service, location)
    if service != "files":
        settings = _of_vault(folder, vault) if service == "vault" else _of_azure(folder, identity)
        lines = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
        click.echo(to_json(settings) if as_json else "\n".join(lines))
        return
    text = _of_files(folder, account)
    click.echo(to_json({"connection_string": text}) if as_json else text)


def _of_files(folder: Path, account: str | None) -> str:
    from funcyard.emulator.files import service as files  # noqa: PLC0415 - keeps --help fast

    serving = files.find(folder)
    named = account or serving.accounts[0]
    if named not in serving.accounts:
        raise files.AccountError(
            f"no account {named} is served", hint=f"served: {', '.join(serving.accounts)}"
        )
    return files.connection_string(serving, named)


def _of_vault(folder: Path, vault: str | None) -> dict[str, str]:
    from funcyard.emulator.vault import service as vaults  # noqa: PLC0415 - keeps --help fast

    serving = vaults.find(folder)
    named = vault or serving.vaults[0]
    if named not in serving.vaults:
        raise vaults.VaultNameError(
            f"no vault {named} is served", hint=f"served: {', '.join(serving.vaults)}"
        )
    return vaults.settings(serving, named)


def _of_azure(folder: Path, identity: str | None) -> dict[str, str]:
    from funcyard.emulator.core import finding as azure  # noqa: PLC0415 - keeps --help fast

    serving = azure.find(folder)
    if identity is None:
        return azure.settings(serving)
    return azure.identity_settings(folder, serving, identity)
