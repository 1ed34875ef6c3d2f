"""Which functions an app is expected to have: as it is said, or as its project holds them."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

from funcyard.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.containerapps.health.facts import Expected


# Microsoft.Azure.WebJobs' FunctionNameAttribute.FunctionNameValidationRegex
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,127}", re.ASCII | re.IGNORECASE)
_HINT: Final = "--expect 10, or --expect load,store"


class ExpectationError(UsageError):
    """What is said to be expected cannot be meant."""

    code = "bad-expectation"


def expected_of(text: str | None, project: Path | None, python: Path | None) -> Expected | None:
    """Return what is expected: a number, names, or what a folder holds; None for nothing.

    Args:
        text: What is said.
        project: The folder.
        python: The interpreter that has the folder's packages; None for the one it has itself.

    Raises:
        ExpectationError: It is neither, both are given, or the folder holds several apps or one
            that cannot be loaded.
    """
    from funcyard.containerapps.health.facts import Expected  # noqa: PLC0415 - keeps --help fast

    if text is not None and project is not None:
        raise ExpectationError("--expect and --project say the same thing: give one of them")
    if project is not None:
        return _held_by(project, python)
    if text is None:
        return None
    if text.strip().isdecimal():
        return Expected(int(text))
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise ExpectationError(f"{text!r} is neither a number nor names", hint=_HINT)
    for name in sorted(names):
        if not _NAME.fullmatch(name):
            raise ExpectationError(f"{name!r} is no name of a function", hint=_HINT)
    return Expected(len(names), names)


def _held_by(project: Path, python: Path | None) -> Expected:
    """Return what an app's folder holds, as the worker finds it."""
    from funcyard.cli._check_targets import find_targets  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli._importing import importing_environment  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.health.facts import Expected  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.causes import words_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.facts import AppFacts, Facts, import_apps  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.report import functions_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.target import Request  # noqa: PLC0415 - keeps --help fast

    found = find_targets(project, python.absolute() if python is not None else None)
    if len(found.targets) != 1:
        names = ", ".join(one.name for one in found.targets)
        raise ExpectationError(
            f"{project} holds {len(found.targets)} apps: {names}", hint="name the folder of one"
        )
    request = Request(root=found.root, targets=found.targets, environment=importing_environment())
    facts = Facts(request, (AppFacts(found.root, found.targets[0]),))
    asyncio.run(import_apps(facts))
    (app,) = facts.apps
    failure = app.survey.index.failure
    if failure is not None:
        raise ExpectationError(
            f"the app in {project} cannot be loaded, so nobody knows what it should have:"
            f" {words_of(failure)}",
            hint=f"funcyard check {project}",
        )
    functions = functions_of(app)
    return Expected(
        len(functions),
        frozenset(one.name for one in functions),
        frozenset(one.trigger for one in functions),
        str(project),
    )
