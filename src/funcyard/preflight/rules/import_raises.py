"""An exception while the app's script is imported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.code.names import dotted, origins
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import script_of
from funcyard.preflight.shadowing import shadow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.faults import Fault

_REGISTERED_APP = "functions can not be type of FunctionRegister"


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.IMPORT):
        if shadow(fault) is not None:
            continue
        yield RULE.found(
            fault.file,
            fault.line,
            f"{fault.app.name}: importing {script_of(fault.app)} raises {fault.failure.kind}",
            evidence=fault.evidence(),
            next=_next(fault),
        )


def _next(fault: Fault) -> str:
    if _REGISTERED_APP in fault.failure.message:
        return "make it a func.Blueprint(): an app registers blueprints, never another app"
    if fault.failure.kind == "KeyError" and (name := _setting(fault)):
        return f'os.environ.get("{name}"), or set {name} in the app\'s settings'
    return f"mend {fault.file}:{fault.line}; whatever can fail belongs inside a function"


def _setting(fault: Fault) -> str:
    """Return the setting that the line reads by ``os.environ["NAME"]``, else nothing."""
    tree = fault.source.tree if fault.source else None
    if tree is None:
        return ""
    known = origins(tree)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and node.lineno <= fault.line <= (node.end_lineno or 0)
            and dotted(node.value, known) == "os.environ"
            and isinstance(node.slice, ast.Constant)
        ):
            return str(node.slice.value)
    return ""


RULE = Rule(
    id="import-raises",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Importing the script, or a module it imports, raises an exception.",
    why="The worker reports the exception once, in its log, and finds no function at all.",
    mend=(
        "Mend the line of yours that the finding names. Read settings and open connections inside"
        " of functions: at import nothing may be there yet."
    ),
    source="azure-functions-runtime 1.3.0, handle_event.load_function_metadata",
    check=_check,
)
