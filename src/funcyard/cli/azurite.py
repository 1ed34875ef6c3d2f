"""``funcyard azurite``: install the storage emulator, or say which one would be started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from funcyard.host.azurite.locate import Places, find
from funcyard.output import to_json


def places(project: Path | None = None) -> Places:
    """Return where Azurite is looked for, as this process's environment says."""
    data_home = os.environ.get("XDG_DATA_HOME")
    override = os.environ.get("FUNCYARD_AZURITE")
    return Places(
        prefix=Path(sys.prefix),
        data_home=Path(data_home) if data_home else Path.home() / ".local" / "share",
        search_path=os.environ.get("PATH", os.defpath),
        override=Path(override) if override else None,
        project=project,
    )


@click.group()
def command() -> None:
    """Install or locate the storage emulator."""


@command.command("install")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def install_command(as_json: bool) -> None:
    """Install the pinned Azurite with npm; nothing is done when it is there already."""
    from funcyard.host.azurite.caching import cache_modules  # noqa: PLC0415 - up needs the rest alone
    from funcyard.host.azurite.install import install, target  # noqa: PLC0415 - up needs the rest alone

    here = places()
    folder = target(here.installations)

    def progress(line: str) -> None:
        click.echo(f"azurite: {line}", err=True)

    installed = install(folder, search_path=here.search_path, progress=progress)
    cache_modules(folder, search_path=here.search_path, progress=progress)
    if as_json:
        click.echo(to_json({"installed": installed, "folder": folder}))
    else:
        click.echo(f"azurite: {'installed' if installed else 'up to date'} in {folder}")


@command.command("where")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def where_command(as_json: bool) -> None:
    """Show which Azurite a project in this folder would start."""
    found = find(places(Path.cwd()))
    if as_json:
        click.echo(to_json(found))
    else:
        click.echo(f"Azurite {found.version} ({found.source}): {found.main}")
        click.echo(f"Node.js: {found.node}")
