"""``funcyard emulator image list``: what a registry of a local Azure holds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from funcyard.cli.emulator._options import json_option, location_of, location_option
from funcyard.output import to_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("list")
@click.argument("registry")
@location_option
@json_option
def command(registry: str, location: Path | None, as_json: bool) -> None:
    """List the images of a container registry of a local Azure, each with its digest.

    REGISTRY is its name or its login server.

    Exit status: 0, 1 nothing serves there or the registry does not answer, 2 there is no such.
    """
    from funcyard.emulator.registries.finding import client_of, find_registry  # noqa: PLC0415 - keeps --help fast
    from funcyard.emulator.registries.tagged import tagged_images  # noqa: PLC0415 - keeps --help fast

    found = find_registry(location_of("azure", location), registry)

    async def run() -> list[tuple[str, str]]:
        async with client_of(found) as client:
            return await tagged_images(client, found.server)

    images = asyncio.run(run())
    if as_json:
        listed = [{"reference": reference, "digest": digest} for reference, digest in images]
        click.echo(to_json(listed))
        return
    for reference, digest in images:
        click.echo(f"{reference}  {digest}")
