"""Names that a shell offers while a command is typed: apps and functions of the project at hand.

A shell waits for the answer, and has no place for an error: where the project cannot be read,
nothing is offered.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import click

    Functions = Mapping[str, Sequence[str]]
    """Names of the functions by the name of their app."""


def complete_app(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the apps of the spec that a shell offers, without those that were given already."""
    given = context.params.get(parameter.name or "") if parameter.multiple else ()
    return _offered(set(_declared(context)) - set(given or ()), incomplete)


def complete_running_app(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the apps of the running project, else those of the spec."""
    del parameter
    return _offered(_running(context) or _declared(context), incomplete)


def complete_function(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the functions of the app that was named, as it runs, else as the spec has it."""
    del parameter
    functions = _running(context) or _declared(context)
    return _offered(functions.get(str(context.params.get("app")), ()), incomplete)


def _offered(names: Sequence[str] | Mapping[str, object] | set[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def _running(context: click.Context) -> Functions:
    from funcyard.host.client import ask  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.root import find_root, state_folder  # noqa: PLC0415 - keeps --help fast

    try:
        (status,) = ask(state_folder(find_root(_directory(context))), op="status")
    except (FuncyardError, OSError, ValueError):
        return {}
    return {
        app["name"]: [function["name"] for function in app["functions"]] for app in status["apps"]
    }


def _declared(context: click.Context) -> Functions:
    from funcyard.cli._clock import today  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.reading import read_spec  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.root import SPEC_FILE, find_root  # noqa: PLC0415 - keeps --help fast

    try:
        root = find_root(_directory(context))
        spec = read_spec(root / SPEC_FILE, root=root, today=today()).spec
    except (FuncyardError, OSError):
        return {}
    return {app.name: [trigger.name for trigger in app.triggers] for app in spec.function_apps}


def _directory(context: click.Context) -> Path:
    """Return where the project is: behind an option that lacks its value arguments are not read."""
    unread = context.args if any(one.name == "directory" for one in _arguments(context)) else ()
    return Path(unread[0] if unread else context.params.get("directory") or ".")


def _arguments(context: click.Context) -> list[click.Parameter]:
    return [one for one in context.command.params if one.param_type_name == "argument"]
