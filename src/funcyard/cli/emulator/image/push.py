"""``funcyard emulator image push``: a folder as an image in a registry of a local Azure."""

from __future__ import annotations

import asyncio
import shlex
from typing import TYPE_CHECKING

import click

from funcyard.cli._paths import FOLDER
from funcyard.cli.emulator._options import json_option, location_of, location_option
from funcyard.errors import UsageError
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("push")
@click.argument("folder", type=FOLDER)
@click.argument("reference", metavar="REGISTRY/REPOSITORY[:TAG]")
@location_option
@click.option(
    "--entrypoint", metavar="COMMAND", help="What it runs, written as for a shell; host.json none."
)
@click.option(
    "--port", type=click.IntRange(1, 65535), help="It listens here; a function app at 80."
)
@click.option(
    "--env", "variables", multiple=True, metavar="KEY=VALUE", help="Variable (repeatable)."
)
@json_option
def command(
    folder: Path,
    reference: str,
    location: Path | None,
    entrypoint: str | None,
    port: int | None,
    variables: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make an image of a folder and push it to a container registry of a local Azure.

    A folder with a host.json is a function app, which the Functions host runs; any other needs
    --entrypoint, which runs in a copy of the folder. REGISTRY is a registry's name or its login
    server. What .funcignore leaves out is left out, and .git, .venv, .funcyard and __pycache__
    are. A folder with the same files has the same digest, which is printed with the reference.

    Exit status: 0, 1 nothing serves there or the registry does not take it, 2 it cannot be meant.
    """
    from funcyard.emulator.registries.finding import client_of, find_registry  # noqa: PLC0415 - keeps --help fast
    from funcyard.emulator.registries.packing import Packing  # noqa: PLC0415 - keeps --help fast
    from funcyard.emulator.registries.pushing import push  # noqa: PLC0415 - keeps --help fast
    from funcyard.emulator.registries.references import (  # noqa: PLC0415 - keeps --help fast
        ImageReferenceError,
        Reference,
        read_reference,
    )

    registry, _, rest = reference.partition("/")
    packing = Packing(_words(entrypoint), port, dict(_pair(one) for one in variables))
    try:
        read_reference(f"localhost/{rest}")  # before anything is asked of anybody
    except ImageReferenceError as fault:
        raise ImageReferenceError(
            f"{reference!r} names no image of a registry",
            hint="REGISTRY/REPOSITORY:TAG, in lower case but for the tag",
        ) from fault
    found = find_registry(location_of("azure", location), registry)
    named = read_reference(f"{found.server}/{rest}")
    where = Reference(found.server, named.repository, named.version)

    async def run() -> str:
        async with client_of(found) as client:
            return await push(client, folder, where, packing)

    digest = asyncio.run(run())
    if as_json:
        click.echo(to_json({"reference": str(where), "digest": digest}))
    else:
        click.echo(f"{where}\n{digest}")


def _words(text: str | None) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text or ""))
    except ValueError as fault:
        raise UsageError(f"--entrypoint {text!r} cannot be read: {fault}") from fault


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not name or not mark:
        raise UsageError(f"--env {text!r} is not KEY=VALUE")
    return name, value
