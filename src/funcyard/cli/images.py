"""``funcyard images``: runtimes, their base images, and until when they are supported."""

from __future__ import annotations

import click

from funcyard.cli._clock import today
from funcyard.functions.runtimes import RuntimeVersion, Status, runtimes, versions_of
from funcyard.output import table, to_json


@click.command("images")
@click.argument("runtime", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(runtime: str | None, as_json: bool) -> None:
    """List runtimes, their base images and ends of life.

    RUNTIME is python, node (Node.js) or dotnet (.NET), in any case; all of them if omitted.
    Projects are generated for those that say so: not for what has ended, not yet for the rest.
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
        status = item.status(day)
        missing = "no" if status is Status.ENDED else "not yet"
        generated = "yes" if item.generated else missing
        return item.title, status, item.end_of_life, generated, item.image

    click.echo(table(["runtime", "status", "until", "generated", "base image"], map(row, found)))
