"""``app = None`` where the worker looks for the function app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.code.bound import Kind
from funcyard.preflight.code.holders import app_modules
from funcyard.preflight.faults import lacks_app
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.code.bound import Bound
    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        modules = app.modules
        lacking = lacks_app(app)
        for source, name in app_modules(modules):
            bindings = [bound for bound in modules.bound(source) if bound.name == name]
            for bound in bindings:
                if bound.kind is not Kind.NONE or _is_harmless(bound, bindings, lacking=lacking):
                    continue
                yield RULE.found(
                    source.name,
                    bound.line,
                    f"{app.name}: {name} is None here, and None is no function app",
                    evidence=source.line(bound.line),
                    next=f"delete {source.name}:{bound.line}, or bind {name} to func.FunctionApp()",
                    severity=Severity.ERROR if lacking else Severity.WARNING,
                )


def _is_harmless(none: Bound, bindings: list[Bound], *, lacking: bool) -> bool:
    """Tell whether the app is bound afterwards in any case, or another rule tells of the guard.

    Where the app was found, a None in a branch was not run, and one that nothing of the module's
    own statements replaces is replaced by what a function does: neither is known to fail elsewhere.
    """
    if none.place.handler is not None:
        return True
    later = [one for one in bindings if one.kind is not Kind.NONE and one.line > none.line]
    if not lacking and (none.place.conditional or not later):
        return True
    return any(not bound.place.conditional and not bound.place.tries for bound in later)


RULE = Rule(
    id="app-set-to-none",
    group=Group.SOURCE,
    severity=Severity.ERROR,
    what="The name that holds the function app is set to None when the module is imported.",
    why=(
        "The worker looks at what the script's names hold after the import. None is not a function"
        " app, so it finds no function and says only that there is no app."
    ),
    mend="Bind the name once, to the FunctionApp, and delete the line that sets it to None.",
    source="azure-functions-runtime 1.3.0, loader.index_function_app",
    check=_check,
)
