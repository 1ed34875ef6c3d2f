"""``funcyard twin validate``: a twin's files checked, every fault with its line and column."""

from __future__ import annotations

from pathlib import Path

import click

from funcyard.cli._paths import PROJECT
from funcyard.output import to_json
from funcyard.twin.config.reading import read_twin


@click.command("validate")
@click.argument("path", required=False, type=PROJECT)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(path: Path | None, as_json: bool) -> None:
    """Check a twin's files and report every fault with its line and column.

    PATH is the twin's folder; the current folder if omitted.

    Exit status: 0 sound (warnings are shown), 2 faults.
    """
    folder = path or Path()
    document = read_twin(folder)
    if as_json:
        click.echo(to_json({"valid": True, "folder": folder, "findings": document.warnings}))
        return
    for finding in document.warnings:
        click.secho("warning: ", fg="yellow", nl=False)
        click.echo(finding.text)
    twin = document.twin
    clouds = sorted({cloud for _, cloud in twin.providers.slots()})
    click.echo(
        f"{folder}: {twin.config.digital_twin_name} is sound: "
        f"{_count(len(twin.devices), 'device')}, {_count(len(twin.events), 'event')}, "
        f"on {', '.join(clouds)}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
