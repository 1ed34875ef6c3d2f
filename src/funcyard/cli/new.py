"""``funcyard new``: a project from a blueprint, a spec or answers."""

from __future__ import annotations

import re
from shlex import quote
from typing import TYPE_CHECKING

import click

from funcyard.cli._ask import TerminalAsker, can_ask
from funcyard.cli._paths import ANY_PATH
from funcyard.cli._project import (
    document,
    dry_run_option,
    is_up_to_date,
    json_option,
    memory_option,
    now,
    print_notices,
    print_outcome,
    yes_option,
)
from funcyard.errors import UsageError
from funcyard.listening import is_busy
from funcyard.output import table, to_json
from funcyard.project.catalog import blueprint as find_blueprint
from funcyard.project.creating import create
from funcyard.project.memory.location import store_for
from funcyard.project.memory.probes import begin_probes
from funcyard.project.memory.reading import load
from funcyard.project.reading import Target, busy_ports, read_spec
from funcyard.project.recalling import recalled
from funcyard.project.root import SPEC_FILE
from funcyard.project.spec_text import to_yaml
from funcyard.project.suggesting import project_name_for, suggest_name
from funcyard.project.target import refuse_foreign, target_root
from funcyard.project.updating import Request

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.creating import Created
    from funcyard.project.updating import Outcome

_PROBE_SECONDS = 0.15
"""How long the end of the command waits for a prerequisite's answer."""

_PROJECT_NAME = re.compile(r"^project_name:.*$", re.MULTILINE)


@click.command()
@click.argument("directory", metavar="DIR", type=ANY_PATH)
@click.option("--blueprint", metavar="NAME", help="Start from this blueprint.")
@click.option(
    "--from",
    "source",
    metavar="SPEC",
    type=ANY_PATH,
    help="Start from this spec.",
)
@yes_option
@dry_run_option
@memory_option
@json_option
def command(
    directory: Path,
    blueprint: str | None,
    source: Path | None,
    yes: bool,
    dry_run: bool,
    memory: Path | None,
    as_json: bool,
) -> None:
    """Generate a project from a blueprint, a spec or your answers.

    DIR is absent or empty; with a blueprint the project is called after it. Nothing is written
    where anything is wrong. Run again with the same spec, it says that all is up to date.
    """
    root = target_root(directory)
    moment = now()
    text, name = _text(root, blueprint, source, memory=memory, moment=moment, yes=yes)
    known = recalled(text, root, memory=memory, now=moment, name=name)
    with begin_probes(known.document.spec.runtime.version) as probing:
        request = Request(
            now=moment,
            title=f"funcyard new {directory}",
            memory=memory,
            dry_run=dry_run,
            probes=lambda: probing.finish(within=_PROBE_SECONDS),
        )
        created = create(directory, known.document, request)
    notices = list(known.notices)
    if not created.existed and any(is_busy(app.port) for app in created.outcome.spec.function_apps):
        notices += [each.as_text(name) for each in busy_ports(known.document)]
    created = created.with_notices(notices)
    if as_json:
        click.echo(to_json(_document(created, directory, dry_run=dry_run)))
    elif dry_run:
        print_outcome(created.outcome, as_json=False, dry_run=True)
    else:
        _print(created, directory)


def _text(
    root: Path,
    blueprint: str | None,
    source: Path | None,
    *,
    memory: Path | None,
    moment: datetime,
    yes: bool,
) -> tuple[str, str]:
    """Return the spec's text and what it is called in messages."""
    if blueprint is not None and source is not None:
        raise UsageError("--blueprint and --from exclude each other")
    if source is not None:
        return read_spec(source, target=Target(root), today=moment.date()).text, source.name
    if blueprint is not None:
        text = find_blueprint(blueprint).spec_text
        called = f"project_name: {project_name_for(root)}"
        return _PROJECT_NAME.sub(called, text, count=1), SPEC_FILE
    if yes or not can_ask():
        raise UsageError(
            "there is nothing to start from",
            hint="--blueprint NAME or --from SPEC; without them the command asks on a terminal",
        )
    refuse_foreign(root)
    return _asked(suggest_name(root), root, store_for(root, memory), moment), SPEC_FILE


def _asked(called: str, root: Path, store: Path, moment: datetime) -> str:
    """Return the spec of a person's answers, what is remembered of the project being offered."""
    from funcyard.project.questions import ask  # noqa: PLC0415 - only where a person is asked

    remembered = load(store, called, now=moment).facts
    spec = ask(
        TerminalAsker(),
        defaults={**remembered, "project_name": called},
        today=moment.date(),
        root=root,
    )
    return to_yaml(spec)


def _document(created: Created, directory: Path, *, dry_run: bool) -> dict[str, object]:
    if created.existed:
        state = "up-to-date" if is_up_to_date(created.outcome) else "existing"
    else:
        state = "planned" if dry_run else "created"
    return {
        "state": state,
        **document(created.outcome),
        "dry_run": dry_run,
        "next": _next(created.outcome, directory),
    }


def _print(created: Created, directory: Path) -> None:
    outcome = created.outcome
    apps = len(outcome.spec.function_apps)
    if created.existed:
        state = "is up to date:" if is_up_to_date(outcome) else "holds"
        click.echo(f"{directory} {state} {outcome.spec.project_name}")
    else:
        groups: dict[str, list[str]] = {}
        for file in outcome.files:
            groups.setdefault(file.group, []).append(file.path)
        click.echo(
            f"created {outcome.spec.project_name} in {directory}: "
            f"{apps} {'app' if apps == 1 else 'apps'}, {SPEC_FILE} and {len(outcome.files)} files"
        )
        rows = [(group, len(paths), _shown(paths)) for group, paths in groups.items()]
        click.echo(table(["GROUP", "FILES", "SUCH AS"], rows))
    click.echo("next:")
    for line in _next(outcome, directory):
        click.echo(f"  {line}")
    print_notices(outcome)


def _shown(paths: list[str]) -> str:
    return ", ".join(paths[:2]) + (", …" if len(paths) > 2 else "")  # noqa: PLR2004 - two examples


def _next(outcome: Outcome, directory: Path) -> list[str]:

    place = quote(str(directory))
    name = outcome.spec.blueprint
    demo = [f"funcyard up {place} --demo"] if name and find_blueprint(name).demo else []
    return [f"funcyard up {place}", *demo, f"funcyard status {place}"]
