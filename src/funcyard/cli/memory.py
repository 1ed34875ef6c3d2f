"""``funcyard memory``: what is remembered of projects: list, show, note, probe."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from funcyard.cli import _clock
from funcyard.cli._paths import NEW_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from funcyard.project.memory.model import Memory

_FILES = ("project_config", "generated_files", "customizations", "setup_notes")
_NOTABLE = ("setup_notes", "customizations")
_PROJECT_NAME = re.compile(r"""^project_name:\s*["']?([A-Za-z0-9][A-Za-z0-9._-]*)""", re.MULTILINE)
_PROBE_SECONDS = 5.0
_PYTHON = "3.11"


def _with_store(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that every subcommand takes."""
    store = click.option(
        "--memory",
        type=NEW_FOLDER,
        help="The store; unless given that of the project, else .funcyard/memory at the Git root, "
        "or in the project.",
    )
    as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    return store(as_json(function))


@click.group()
def command() -> None:
    """Show and extend what is remembered of a project."""


@command.command("list")
@_with_store
def list_command(memory: Path | None, as_json: bool) -> None:
    """List the projects that are remembered, and how far that can be trusted."""
    from funcyard.output import table, to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.memory.location import projects  # noqa: PLC0415 - keeps --help fast

    store = _store(memory)
    found = [_load(store, name) for name in projects(store)]
    if as_json:
        click.echo(to_json({"store": store, "projects": [_summary(each) for each in found]}))
    elif not found:
        click.echo(f"nothing is remembered in {store}")
    else:
        rows = [_row(each) for each in found]
        click.echo(
            table(["PROJECT", "MODEL", "PYTHON", "PACKAGES", "APPS", "UPDATED", "STATE"], rows)
        )
        _warn(found)


@command.command("show")
@click.argument("project", required=False)
@click.argument("file", required=False)
@_with_store
def show_command(project: str | None, file: str | None, memory: Path | None, as_json: bool) -> None:
    """Show a project's memory, all of it or one FILE.

    FILE is project_config, generated_files, customizations or setup_notes. PROJECT may be left out
    in a project's folder and where only one is remembered. Nothing that looks like a secret is
    shown.
    """
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.memory.showing import shown  # noqa: PLC0415 - keeps --help fast

    if project in _FILES and file is None:
        project, file = None, project
    if file is not None and file.removesuffix(".md") not in _FILES:
        raise click.BadParameter(f"{file!r} is not one of {', '.join(_FILES)}", param_hint="FILE")
    store = _store(memory)
    loaded = _existing(store, _project(store, project))
    names = [f"{file.removesuffix('.md')}.md"] if file else [f"{name}.md" for name in _FILES]
    texts = {name: shown(loaded.folder / name) for name in names}
    if as_json:
        click.echo(to_json({**_summary(loaded), **_whole(loaded), "texts": texts}))
        return
    click.echo("\n\n".join(text.strip() for text in texts.values() if text is not None))
    _warn([loaded])


@command.command("note")
@click.argument("text")
@click.option("--project", help="Which project; may be left out as for show.")
@click.option(
    "--file",
    type=click.Choice(_NOTABLE),
    default="setup_notes",
    show_default=True,
    help="Where to write it.",
)
@click.option(
    "--section", default="Notes", show_default=True, help='Under which heading: "Known Issues".'
)
@_with_store
def note_command(
    text: str, project: str | None, file: str, section: str, memory: Path | None, as_json: bool
) -> None:
    """Append TEXT with the time to a project's memory; what looks like a secret is refused."""
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.memory.notes import note  # noqa: PLC0415 - keeps --help fast

    store = _store(memory)
    name = _project(store, project)
    path, line, recovery = note(store, name, text, now=_now(), file=f"{file}.md", section=section)
    if recovery:
        kept = f"; what was there is kept in {recovery.aside}" if recovery.aside else ""
        click.echo(f"warning: {recovery.name} was written anew: {recovery.reason}{kept}", err=True)
    if as_json:
        document = {"project": name, "file": path, "section": section, "line": line}
        click.echo(to_json({**document, "recovered": recovery}))
    else:
        click.echo(f"noted in {path}, under {section}")


@command.command("probe")
@click.argument("project", required=False)
@_with_store
def probe_command(project: str | None, memory: Path | None, as_json: bool) -> None:
    """Look for the prerequisites on this machine.

    What is found goes into the setup notes of the project; where nothing is remembered yet it is
    only shown.
    """
    from funcyard.output import table, to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.memory.location import projects  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.memory.notes import refresh_probes  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.memory.probes import begin_probes  # noqa: PLC0415 - keeps --help fast

    store = _store(memory)
    loaded = None
    if project is not None or projects(store):
        loaded = _existing(store, _project(store, project))
    python = _fact(loaded, "runtime").get("version", _PYTHON) if loaded else _PYTHON
    found = begin_probes(python).finish(within=_PROBE_SECONDS)
    path = refresh_probes(store, loaded.project, found, now=_now()) if loaded else None
    if as_json:
        name = loaded.project if loaded else None
        click.echo(to_json({"project": name, "file": path, "probes": found}))
    else:
        rows = [(each.name, each.version or each.state.value, each.detail) for each in found]
        click.echo(table(["PREREQUISITE", "VERSION", "DETAIL"], rows))


def _store(memory: Path | None) -> Path:
    from funcyard.project.memory.location import store_for  # noqa: PLC0415 - keeps --help fast

    here = Path.cwd()
    root = next((at for at in (here, *here.parents) if (at / "funcyard.yaml").is_file()), here)
    return store_for(root, memory)


def _project(store: Path, project: str | None) -> str:
    """Return the project meant: the named one, the one of this folder, or the only one."""
    from funcyard.project.memory.location import projects  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.root import (  # noqa: PLC0415 - keeps --help fast
        SPEC_FILE,
        NoProjectError,
        find_root,
    )

    if project is not None:
        return project
    with contextlib.suppress(NoProjectError, FileNotFoundError):
        text = (find_root(Path.cwd()) / SPEC_FILE).read_text(encoding="utf-8", errors="replace")
        if found := _PROJECT_NAME.search(text):
            return found[1]
    known = projects(store)
    if len(known) == 1:
        return known[0]
    listed = f"one of {', '.join(known)}" if known else f"nothing is remembered in {store}"
    raise click.UsageError(f"name a project: {listed}")


def _existing(store: Path, project: str) -> Memory:
    from funcyard.project.memory.notes import remembered  # noqa: PLC0415 - keeps --help fast

    remembered(store, project)
    return _load(store, project)


def _load(store: Path, project: str) -> Memory:
    from funcyard.project.memory.reading import load  # noqa: PLC0415 - keeps --help fast

    return load(store, project, now=_now())


def _now() -> datetime:
    return _clock.now().astimezone()


def _fact(memory: Memory, name: str) -> Any:  # noqa: ANN401 - facts have the spec's open shape
    return memory.facts.get(name, {})


def _summary(memory: Memory) -> dict[str, object]:
    """Return what a list of projects says of one."""
    there = sum(not file.removed for file in memory.files)
    return {
        "project": memory.project,
        "folder": memory.folder,
        "state": memory.state,
        "updated": _updated(memory),
        "programming_model": memory.facts.get("programming_model"),
        "runtime": memory.facts.get("runtime"),
        "dependency_manager": memory.facts.get("dependency_manager"),
        "apps": [app["name"] for app in _fact(memory, "function_apps")],
        "counts": {"generated": there, "removed": len(memory.files) - there},
        "problems": memory.problems,
    }


def _whole(memory: Memory) -> dict[str, object]:
    """Return what is remembered beyond the summary."""
    return {"files": memory.health, "generated": memory.files, "facts": memory.facts}


def _updated(memory: Memory) -> date | None:
    return max((file.updated for file in memory.health if file.updated), default=None)


def _row(memory: Memory) -> tuple[object, ...]:
    return (
        memory.project,
        memory.facts.get("programming_model", ""),
        _fact(memory, "runtime").get("version", ""),
        memory.facts.get("dependency_manager", ""),
        ", ".join(app["name"] for app in _fact(memory, "function_apps")),
        _updated(memory) or "",
        memory.state.value,
    )


def _warn(memories: list[Memory]) -> None:
    for memory in memories:
        for problem in memory.problems:
            click.echo(f"warning: {memory.project}: {problem}", err=True)
