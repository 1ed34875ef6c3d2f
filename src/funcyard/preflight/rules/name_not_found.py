"""``from module import name`` where the module has no such name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.shadowing import shadow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.faults import Fault


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.NAME):
        if shadow(fault) is not None:
            continue
        name, module = fault.given["name"], fault.given["module"]
        yield RULE.found(
            fault.file,
            fault.line,
            f"{fault.app.name}: {module} has no {name}",
            evidence=fault.evidence(),
            next=_next(fault, name, module),
        )


def _next(fault: Fault, name: str, module: str) -> str:
    packages = _packages(fault, module)
    modules = fault.app.modules
    found = modules.find(fault.source, module) if fault.source else None
    if found is not None:
        names = {bound.name for bound in modules.bound(found)}
        close = get_close_matches(name, sorted(names), n=1)
        if close:
            return f"did you mean {close[0]}?"
        return f"define {name} in {found.name}, or import what is there"
    if packages:
        return f"look whether {name} came with a later version of {packages[0]}, and require that"
    return f"import what {module} has"


def _packages(fault: Fault, module: str) -> tuple[str, ...]:
    """Return the distributions of a module, told by the longest known part of its name."""
    known = fault.app.survey.interpreter.modules
    while module and module not in known:
        module = module.rpartition(".")[0]
    return known.get(module, ())


RULE = Rule(
    id="name-not-found",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A name is imported that the module does not have.",
    why="The import raises ImportError, and the worker finds no function.",
    mend="Import a name that is there, or require the version of the package that has it.",
    source="https://docs.python.org/3/reference/simple_stmts.html#the-import-statement",
    check=_check,
)
