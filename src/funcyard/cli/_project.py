"""What the commands that change a project share: options, the clock, how an outcome is printed."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from funcyard.cli import _clock
from funcyard.cli._ask import can_ask
from funcyard.cli._paths import NEW_FOLDER, PROJECT
from funcyard.output import table, to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.plan import PlannedFile
    from funcyard.project.updating import Outcome, Request

directory_argument = click.argument("directory", default=".", type=PROJECT)
directory_option = click.option(
    "--dir",
    "directory",
    default=".",
    type=PROJECT,
    help="The project, or any folder in it; the current folder unless given.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
yes_option = click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Only say what would be done.")
memory_option = click.option(
    "--memory",
    type=NEW_FOLDER,
    help="Memory store, kept for later commands by each that writes; unless one was named, "
    ".funcyard/memory at the Git root, or in the project.",
)

_QUIET = ("clean", "edited", "seeded")


@dataclass(frozen=True, slots=True)
class Changing:
    """What every command takes that updates a project.

    Attributes:
        yes: Ask nothing.
        dry_run: Only say what would be done.
        memory: Memory store, None for the usual one.
        as_json: Print one JSON document.
    """

    yes: bool
    dry_run: bool
    memory: Path | None
    as_json: bool

    def run(self, directory: Path, request: Request) -> int:
        """Update a project as ``request`` and these options say; see :func:`run_update`."""
        asked = replace(request, memory=self.memory, dry_run=self.dry_run)
        return run_update(directory, asked, yes=self.yes, as_json=self.as_json)


def changing_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options that every command has that updates a project, as one ``changing``."""

    @functools.wraps(function)
    def packed(
        *, yes: bool, dry_run: bool, memory: Path | None, as_json: bool, **given: object
    ) -> int:
        return function(changing=Changing(yes, dry_run, memory, as_json), **given)

    return yes_option(dry_run_option(memory_option(json_option(packed))))


def now() -> datetime:
    """Return the time on the wall clock, its zone known; SOURCE_DATE_EPOCH is honoured."""
    return _clock.now().astimezone()


def run_update(directory: Path, request: Request, *, yes: bool, as_json: bool) -> int:
    """Update a project, print what became of it and return the exit code.

    On a terminal the plan is shown first and a person is asked, unless ``--yes`` or ``--json``;
    whoever declines has nothing changed, and 1.
    """
    from funcyard.project.updating import update  # noqa: PLC0415 - up needs the rest alone

    if not (yes or as_json or request.dry_run) and can_ask():
        planned = update(directory, replace(request, dry_run=True))
        if planned.plan.changed or planned.spec_after is not None:
            print_outcome(planned, as_json=False, dry_run=True, whole=False)
            if not click.confirm("Do that?", default=True):
                click.echo("declined: nothing was changed", err=True)
                return 1
    outcome = update(directory, request)
    print_outcome(outcome, as_json=as_json, dry_run=request.dry_run)
    plan = outcome.plan
    return 1 if plan.unresolved or (plan.conflicts and not request.dry_run) else 0


def print_outcome(
    outcome: Outcome, *, as_json: bool, dry_run: bool = False, whole: bool = True
) -> None:
    """Print what became of a project: one document, or a table and a sentence."""
    if as_json:
        click.echo(to_json({**document(outcome), "dry_run": dry_run}))
        return
    rows = [
        (file.state.value, file.path, file.note)
        for file in outcome.plan.files
        if (dry_run and whole) or file.state.value not in _QUIET
    ]
    if outcome.spec_after is not None:
        rows.insert(
            0, ("edited" if outcome.spec_before is not None else "new", "funcyard.yaml", "")
        )
    if rows:
        click.echo(table(["STATE", "FILE", "NOTE"], rows))
    print_drifts(outcome)
    click.echo(_sentence(outcome, dry_run=dry_run))
    print_notices(outcome)


def print_drifts(outcome: Outcome) -> None:
    """Print the functions on which code and spec do not agree, a row each; nothing for none."""
    rows = [(one.departure.value, one.message) for one in outcome.code.drifts]
    if rows:
        click.echo(table(["FUNCTION", "WHAT DIFFERS"], rows))


def print_notices(outcome: Outcome) -> None:
    """Print what a person should hear, on standard error."""
    for notice in outcome.notices:
        print_notice(notice)


def print_notice(notice: str) -> None:
    """Print one sentence that a person should hear, on standard error."""
    click.secho("note: ", fg="yellow", err=True, nl=False)
    click.echo(notice, err=True)


def document(outcome: Outcome) -> dict[str, object]:
    """Return what ``--json`` says of a project."""
    memory = outcome.memory
    return {
        "project": outcome.spec.project_name,
        "root": outcome.root,
        "written": outcome.written,
        "up_to_date": is_up_to_date(outcome),
        "spec_changed": outcome.plan.spec_changed or outcome.spec_before is not None,
        "conflicts": outcome.plan.conflicts,
        "files": [file.as_dict() for file in outcome.plan.files],
        "functions": outcome.code.drifts,
        "notices": outcome.notices,
        "memory": memory
        and {"folder": memory.folder, "created": memory.created, "updated": memory.updated},
    }


def _sentence(outcome: Outcome, *, dry_run: bool) -> str:
    plan = outcome.plan
    counts = _counts(plan.files)
    if is_current(outcome) and outcome.code.lacks:
        said = f"the files of {outcome.spec.project_name} are up to date: {counts}"
        return f"{said}\n{departs(outcome)}"
    if is_up_to_date(outcome):
        return f"{outcome.spec.project_name} is up to date: {counts}"
    verb = "would be" if dry_run else "is now"
    state = f"{outcome.spec.project_name} {verb}: {counts}"
    if plan.conflicts:
        paths = ", ".join(plan.conflicts)
        state += f"\nresolve the conflicts in {paths}, then run `funcyard status`"
    return f"{state}\n{departs(outcome)}" if outcome.code.lacks else state


def departs(outcome: Outcome) -> str:
    """Return in a sentence how much of the spec the code lacks, and what shows it."""
    number = len(outcome.code.lacks)
    functions = "1 function" if number == 1 else f"{number} functions"
    return f"the code lacks {functions} of funcyard.yaml: `funcyard diff` shows what to write"


def is_up_to_date(outcome: Outcome) -> bool:
    """Tell whether the files are current and the code has every function as the spec says."""
    return is_current(outcome) and not outcome.code.lacks


def is_current(outcome: Outcome) -> bool:
    """Tell whether nothing is to be written and no conflict to be resolved."""
    plan = outcome.plan
    return not (plan.changed or plan.unresolved or outcome.spec_after is not None)


def _counts(files: tuple[PlannedFile, ...]) -> str:
    states: dict[str, int] = {}
    for file in files:
        states[file.state.value] = states.get(file.state.value, 0) + 1
    return ", ".join(f"{number} {state}" for state, number in states.items())
