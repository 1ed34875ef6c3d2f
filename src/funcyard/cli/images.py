"""``funcyard images``: runtimes, their base images, and until when they are supported."""

from __future__ import annotations

import click

from funcyard.cli._clock import today
from funcyard.functions.runtimes import RuntimeVersion, runtimes, versions_of
from funcyard.output import table, to_json


@click.command("images")
@click.argument("runtime", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(runtime: str | None, as_json: bool) -> None:
    """List runtimes, their base images and ends of life.

    RUNTIME is python, node or dotnet; all of them if omitted. Projects are generated for those
    that say so.
    """
    day = today()
    found = runtimes() if runtime is None else versions_of(runtime)
    if as_json:
        images = [
            {
                "runtime": item.name,
                "version": item.version,
                "image": item.image,
                "status": item.status(day),
                "end_of_life": item.end_of_life,
                "generated": item.generated,
            }
            for item in found
        ]
        click.echo(to_json({"today": day, "images": images}))
        return

    def row(item: RuntimeVersion) -> tuple[object, ...]:
        generated = "yes" if item.generated else "no"
        return item.title, item.status(day), item.end_of_life, generated, item.image

    click.echo(table(["runtime", "status", "until", "generated", "base image"], map(row, found)))
