"""Functions decorated onto another function app than the script's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.faults import is_indexed
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.never_imported import lost_apps
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.functions.survey import Stray
    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.never_imported import InVain


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        if not is_indexed(app):
            continue
        served = {function.name for function in app.survey.index.functions}
        served |= {fault.function for fault in app.faults}
        for stray in app.survey.strays:
            if stray.kind == "app":
                yield _finding(app, stray, served)
        for vain in lost_apps(app):
            yield _never_made(app, vain)


def _finding(app: AppFacts, stray: Stray, served: set[str]) -> Finding:
    names = [name for name, _, _ in stray.functions]
    file = app.name_of(stray.file)
    source = app.source_by_name.get(file)
    bound = (
        [found for found in app.modules.bound(source) if found.name == stray.name]
        if (source)
        else []
    )
    line = bound[-1].line if bound else stray.functions[0][2]
    lost = [name for name in names if name not in served]
    what = f"not found are {', '.join(lost)}" if lost else f"it repeats {', '.join(names)}"
    return RULE.found(
        file,
        line,
        f"{app.name}: {stray.name} is another function app than that of {script_of(app)}; {what}",
        evidence=app.text_at(file, line),
        next=f"write {stray.name} = func.Blueprint() here and register it in {script_of(app)}, or"
        " import this app there",
        severity=None if lost else Severity.WARNING,
    )


def _never_made(app: AppFacts, vain: InVain) -> Finding:
    """Tell of an app in a module that nothing imports: dead, or another deployment's script."""
    source, made = vain.source, vain.made
    line = made.line if vain.made_in is source else vain.functions[0].line
    names = ", ".join(function.name for function in vain.functions)
    return RULE.found(
        source.name,
        line,
        f"{app.name}: {made.name} is another function app than that of {script_of(app)}, in a"
        f" module that nothing imports; not found are {names}",
        evidence=source.line(line),
        next=f"write {made.name} = func.Blueprint() and register it in {script_of(app)}, or delete"
        " what is not wanted any more",
        severity=Severity.WARNING if app.survey.index.functions else None,
    )


RULE = Rule(
    id="second-app-not-served",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Functions are decorated onto a FunctionApp that is not the script's.",
    why=(
        "The worker serves the one app that the script's names hold. The functions of another are"
        " not found, without a word. A warning where the script has functions of the same names,"
        " and for an app that nothing imports while the script has functions: that may be meant."
    ),
    mend="Turn the other app into a blueprint that the script registers.",
    source="azure-functions-runtime 1.3.0, loader.index_function_app; docs/discovery.md",
    check=_check,
)
