"""``funcyard functions``: what function apps hold, as the worker finds it: list."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from funcyard.cli._numbers import FiniteRange
from funcyard.cli._paths import FILE, FOLDER
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from funcyard.cli._check_targets import Found
    from funcyard.functions.found import FoundFunction
    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.target import Target


class NoSuchAppError(UsageError):
    """There is no app of a given name."""

    code = "no-such-app"


@click.group()
def command() -> None:
    """Show what function apps hold, as the worker finds it."""


@command.command("list")
@click.argument("apps", nargs=-1, metavar="[APP]...")
@click.option(
    "--dir",
    "directory",
    type=FOLDER,
    default=".",
    help="A project or any folder in it, an app, or a folder above some; the current one unless"
    " given.",
)
@click.option(
    "--python", "interpreter", type=FILE, help="Index every app on this Python, not its own."
)
@click.option(
    "--timeout",
    type=FiniteRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds that importing an app may take.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_command(
    apps: tuple[str, ...],
    directory: Path,
    interpreter: Path | None,
    timeout: float,
    as_json: bool,
) -> int:
    """List every function: what starts it, where it is, whether it is found and runs here.

    Each app is imported as the worker does it, on the Python it would run on; nothing is started.
    A function that the worker would not find is listed with the reason.

    Exit status: 0, 1 an app or a function cannot be loaded, 2 bad usage.
    """
    from funcyard.cli._check_targets import find_targets  # noqa: PLC0415 - keeps --help fast
    from funcyard.functions.index import IndexingError  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.interpreters import check_interpreter  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.report import functions_of  # noqa: PLC0415 - keeps --help fast

    python = interpreter.absolute() if interpreter else None
    found = find_targets(_project_of(directory), python)
    try:
        facts = _imported(found, _chosen(found, apps), timeout)
    except IndexingError:
        if interpreter is not None:
            asyncio.run(check_interpreter(interpreter))
        raise
    functions = [function for app in facts.apps for function in functions_of(app)]
    failures = [failure for app in facts.apps if (failure := _failure(app)) is not None]
    _print(functions, failures, as_json=as_json)
    return 1 if failures or any(function.state == "failed" for function in functions) else 0


def _project_of(directory: Path) -> Path:
    """Return the project that a folder is in, the folder itself where it is in none."""
    from funcyard.project.root import NoProjectError, find_root  # noqa: PLC0415 - keeps --help fast

    try:
        return find_root(directory)
    except NoProjectError:
        return directory


def _chosen(found: Found, names: Sequence[str]) -> tuple[Target, ...]:
    known = {target.name for target in found.targets}
    for name in names:
        if name not in known:
            raise NoSuchAppError(
                f"there is no app {name} in {found.root}",
                hint=f"apps: {', '.join(sorted(known))}",
            )
    return tuple(target for target in found.targets if not names or target.name in names)


def _imported(found: Found, targets: tuple[Target, ...], timeout: float) -> Facts:
    from funcyard.cli._importing import importing_environment  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.facts import AppFacts, Facts, import_apps  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.target import Request  # noqa: PLC0415 - keeps --help fast

    request = Request(
        root=found.root, targets=targets, environment=importing_environment(), timeout=timeout
    )
    facts = Facts(request, tuple(AppFacts(found.root, target) for target in targets))
    asyncio.run(import_apps(facts))
    return facts


def _failure(app: AppFacts) -> dict[str, object] | None:
    """Return why an app holds nothing, None where it could be indexed."""
    from funcyard.preflight.causes import words_of  # noqa: PLC0415 - keeps --help fast

    index = app.survey.index
    failure = index.failure
    if failure is not None:
        place = {"file": app.name_of(failure.file), "line": failure.line}
        return {"app": app.name, "kind": failure.kind, "message": words_of(failure), **place}
    if index.missing_script and not index.legacy:
        script = app.name_of(index.missing_script)
        message = f"there is no {index.missing_script} in the app's folder"
        return {
            "app": app.name, "kind": "missing-script", "message": message, "file": script, "line": 0
        }  # fmt: skip
    return None


def _print(
    functions: list[FoundFunction], failures: list[dict[str, object]], *, as_json: bool
) -> None:
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    if as_json:
        click.echo(to_json({"functions": functions, "failures": failures}))
        return
    if functions:
        click.echo(_table(functions))
    elif not failures:
        click.echo("no functions")
    for failure in failures:
        where = [f"{failure['file']}:{failure['line']}", failure["kind"]] if failure["line"] else []
        click.secho(f"{failure['app']} cannot be indexed: ", fg="red", err=True, nl=False)
        click.echo(": ".join(map(str, [*where, failure["message"]])), err=True)


def _table(functions: list[FoundFunction]) -> str:
    """Return the functions as a table; columns that say nothing of any of them are left out."""
    from funcyard.output import table, visible  # noqa: PLC0415 - keeps --help fast

    columns = {
        "APP": [function.app for function in functions],
        "FUNCTION": [function.name for function in functions],
        "MODEL": ["" if function.model == "v2" else function.model for function in functions],
        "TRIGGER": [function.trigger.removesuffix("Trigger") for function in functions],
        "LISTENS TO": [function.listens_to for function in functions],
        "ACCESS": [_access(function) for function in functions],
        "CONNECTION": [function.connection or "" for function in functions],
        "PLACE": [
            f"{function.file}:{function.line}" if function.line else function.file
            for function in functions
        ],
        "STATE": [_state(function) for function in functions],
    }
    kept = {header: cells for header, cells in columns.items() if any(cells)}
    rows = zip(*kept.values(), strict=True)
    return table(list(kept), [[visible(cell) for cell in row] for row in rows])


def _access(function: FoundFunction) -> str:
    return " ".join(filter(None, [function.auth_level, ",".join(function.methods)]))


def _state(function: FoundFunction) -> str:
    said = function.state if function.reason is None else f"{function.state}: {function.reason}"
    return said if function.unsupported is None else f"{said}; {function.unsupported}"
