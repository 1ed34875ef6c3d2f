"""``funcyard validate``: a spec checked, every fault with its line and column."""

from __future__ import annotations

from pathlib import Path

import click

from funcyard.cli._clock import today
from funcyard.cli._paths import ANY_PATH
from funcyard.listening import is_busy
from funcyard.output import to_json
from funcyard.project.reading import Target, read_spec
from funcyard.project.root import SPEC_FILE, find_root


@click.command("validate")
@click.argument("path", required=False, type=ANY_PATH)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(path: Path | None, as_json: bool) -> None:
    """Check a spec and report every fault with its line and column.

    PATH is a spec or a project's folder; the project around the current folder if omitted. A file
    called funcyard.yaml is taken for a project's: its local packages have to be there; of another
    file they are looked for beside it, and one that is missing is a warning.

    Exit status: 0 sound (warnings are shown), 2 faults.
    """
    file = find_root(Path.cwd()) / SPEC_FILE if path is None else path
    if file.is_dir():
        file /= SPEC_FILE
    is_project = file.name == SPEC_FILE
    document = read_spec(
        file,
        root=file.parent if is_project else None,
        target=None if is_project else Target(file.parent, certain=False),
        today=today(),
        busy=is_busy,
    )
    if as_json:
        click.echo(to_json({"valid": True, "file": file, "findings": document.warnings}))
        return
    for finding in document.warnings:
        click.secho("warning: ", fg="yellow", nl=False)
        click.echo(finding.as_text(document.name))
    spec = document.spec
    functions = sum(len(app.triggers) for app in spec.function_apps)
    click.echo(
        f"{file}: {spec.project_name} is sound: {_count(len(spec.function_apps), 'app')}, "
        f"{_count(functions, 'function')}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
