"""``funcyard status``: which generated files were edited, are missing, outdated or left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._examples import examples
from funcyard.cli._project import (
    departs,
    directory_argument,
    document,
    json_option,
    memory_option,
    now,
    print_drifts,
    print_notices,
)
from funcyard.output import table, to_json
from funcyard.project.updating import inspect

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.project.updating import Outcome

_MEANING = {
    "new": "missing",
    "clean": "clean",
    "edited": "edited",
    "updated": "outdated",
    "merged": "outdated, edited",
    "conflict": "outdated, edited",
    "unresolved": "conflict",
    "deleted": "deleted",
    "orphan": "orphaned",
    "seeded": "yours",
}
"""State of the plan to how things stand, before any update."""


@click.command(
    epilog=examples(
        ("status", "what differs in this folder's project"),
        ("status shop --all", "every generated file of the project in shop"),
        ("status --json", "the same for tools"),
    ),
)
@directory_argument
@click.option(
    "--all", "show_all", is_flag=True, help="List every generated file, not only those that differ."
)
@memory_option
@json_option
def command(directory: Path, show_all: bool, memory: Path | None, as_json: bool) -> int:
    """Show which generated files were edited, are missing or are out of date.

    DIRECTORY is the project, or any folder in it; the current folder unless given. Nothing is
    changed: `funcyard update` does that. What runs is told by `funcyard logs`.

    Functions of the spec that the code does not have are shown, too; the sources are read for that,
    not run.

    Exit status: 0, 1 while a conflict of an earlier update is unresolved.
    """
    outcome = inspect(directory, now=now(), memory=memory)
    if as_json:
        files = [
            {**file.as_dict(), "status": _MEANING[file.state.value]} for file in outcome.plan.files
        ]
        click.echo(to_json({**document(outcome), "files": files}))
        return _exit_code(outcome)
    rows = [
        (_MEANING[file.state.value], file.path, file.note)
        for file in outcome.plan.files
        if show_all or file.state.value not in ("clean", "seeded")
    ]
    if rows:
        click.echo(table(["STATUS", "FILE", "NOTE"], rows))
    print_drifts(outcome)
    click.echo(_sentence(outcome))
    print_notices(outcome)
    return _exit_code(outcome)


def _exit_code(outcome: Outcome) -> int:
    return 1 if outcome.plan.unresolved else 0


def _sentence(outcome: Outcome) -> str:
    plan, name = outcome.plan, outcome.spec.project_name
    clean = f"{len(plan.files)} files of {name}"
    if plan.spec_changed:
        clean += ", funcyard.yaml changed since they were generated"
    if plan.unresolved:
        return f"{clean}: resolve the conflicts in {', '.join(plan.unresolved)}"
    if plan.changed:
        said = f"{clean}: `funcyard update` brings them up to date"
        return f"{said}\n{departs(outcome)}" if outcome.code.lacks else said
    if outcome.code.lacks:
        return f"{clean}: up to date\n{departs(outcome)}"
    return f"{clean}: up to date"
