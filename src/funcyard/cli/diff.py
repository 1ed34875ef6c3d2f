"""``funcyard diff``: what an update would change, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._project import (
    directory_argument,
    document,
    json_option,
    now,
    print_notices,
)
from funcyard.output import to_json
from funcyard.project.differing import file_diff
from funcyard.project.updating import inspect

if TYPE_CHECKING:
    from pathlib import Path

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@click.command()
@directory_argument
@json_option
def command(directory: Path, as_json: bool) -> None:
    """Show what an update would change, line by line.

    Of functions that the spec has and the code has not, it shows what could be pasted.
    """
    outcome = inspect(directory, now=now())
    diffs = {file.path: text for file in outcome.plan.files if (text := file_diff(file))}
    if as_json:
        files = [
            {**file.as_dict(), "diff": diffs[file.path]}
            for file in outcome.plan.files
            if file.path in diffs
        ]
        click.echo(to_json({**document(outcome), "files": files}))
        return
    for line in "".join(diffs.values()).splitlines():
        click.secho(line, fg=_COLOURS.get(line[:1]), bold=line[:4] in ("--- ", "+++ "))
    for drift in outcome.code.drifts:
        click.secho(f"# {drift.message}", bold=True)
        if drift.code:
            click.echo(f"\n{drift.code}")
    if unresolved := outcome.plan.unresolved:
        click.echo(f"resolve the conflicts in {', '.join(unresolved)}", err=True)
    elif not diffs and not outcome.code.drifts:
        click.echo(f"{outcome.spec.project_name} is up to date", err=True)
    print_notices(outcome)
