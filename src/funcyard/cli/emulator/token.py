"""``funcyard emulator token``: a token of the local sign-in, for trying out what asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import json_option, location_of, location_option
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("token")
@location_option
@click.option("--audience", required=True, metavar="URI", help="The service that it is for.")
@click.option("--user", metavar="NAME", help="Of this person; else of the application.")
@click.option("--role", "roles", multiple=True, help="The person has this role (repeatable).")
@click.option("--group", "groups", multiple=True, help="The person is in this group (repeatable).")
@click.option(
    "--seconds",
    type=click.IntRange(1, 86400),
    default=3600,
    show_default=True,
    help="How long a person's token is valid.",
)
@json_option
def command(
    location: Path | None,
    audience: str,
    user: str | None,
    roles: tuple[str, ...],
    groups: tuple[str, ...],
    seconds: int,
    as_json: bool,
) -> None:
    """Print a token that the sign-in of a location's vault service issued, for a service.

    Exit status: 0, 1 nothing serves there, 2 bad usage.
    """
    from funcyard.emulator.vault.service import issuer_of  # noqa: PLC0415 - keeps --help fast

    if user is None and (roles or groups):
        raise click.UsageError("--role and --group are a person's: name one with --user")
    issuer = issuer_of(location_of("vault", location))
    if user is None:
        token = issuer.application_token(audience)
    else:
        token = issuer.user_token(audience, user, roles=roles, groups=groups, seconds=seconds)
    if as_json:
        click.echo(to_json({"token": token, "issuer": issuer.name, "keys": issuer.keys_url}))
    else:
        click.echo(token)
