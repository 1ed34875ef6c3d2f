"""A name that the host does not take for a function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.functions.folders import is_function_name
from funcyard.functions.model import V2
from funcyard.preflight.code.definitions import definition_at
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.functions.model import Function
    from funcyard.preflight.facts import AppFacts, Facts

_NOT_ADMITTED = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 128


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for function in app.survey.index.functions:
            if function.model == V2 and not is_function_name(function.name):
                yield _found(app, function)


def _found(app: AppFacts, function: Function) -> Finding:
    file, line = app.name_of(function.file), function.line
    definition = definition_at(app.source_by_name.get(file), line)
    for decorator in definition.decorators if definition is not None else ():
        if decorator.function_name:
            line = decorator.line
    return RULE.found(
        file,
        line,
        f"the host does not take a function that is called {function.name}",
        evidence=app.text_at(file, line),
        next=f'name it: @app.function_name("{_admitted(function.name)}")',
    )


def _admitted(name: str) -> str:
    """Return a name like another one that the host takes."""
    words = _NOT_ADMITTED.sub("_", name).strip("_-")[:_LONGEST]
    return words if is_function_name(words) else f"function_{words}"[:_LONGEST].rstrip("_")


RULE = Rule(
    id="function-name-invalid",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A function has a name that the host does not take.",
    why=(
        "The worker finds it. The host puts it in error: '…' is not a valid function name, and"
        " does not serve it. A name begins with a letter and has letters from a to z, digits, _"
        " and - alone, 128 at most; host is no name. Python admits more in the name of a function."
    ),
    mend="Rename it, or give it a name by @app.function_name().",
    source="azure-functions-host, Utility.IsValidFunctionName",
    check=_check,
)
