"""Two functions of one name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.clashes import clashes, listed
from funcyard.preflight.code.definitions import definitions
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.faults import Fault


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.NAME_TWICE):
        others = " and ".join(_others(fault))
        yield RULE.found(
            fault.file,
            fault.line,
            f"{fault.function}: another function has this name"
            + (f", at {others}" if others else ""),
            evidence=fault.evidence(),
            next=f'name it: @app.function_name("{fault.function}_2"), or rename the def',
        )

    for app in facts.apps:
        yield from _of_forgotten(facts, app)


def _of_forgotten(facts: Facts, app: AppFacts) -> Iterator[Finding]:
    """Yield the functions for which a blueprint of the app's own cannot be registered."""
    for clash in clashes(facts, app):
        source = clash.blueprint.source
        if clash.is_first or source is None or not source.path.is_relative_to(app.directory):
            continue
        file, line = clash.place
        yield RULE.found(
            file,
            line,
            f"{clash.name}: another function has this name, at {listed(clash.others)}; the app"
            f" would have no function if it registered the blueprint {clash.blueprint.name}",
            evidence=app.text_at(file, line),
            next=f'name it: @{clash.blueprint.name}.function_name("{clash.name}_2"), or rename the'
            " def",
        )


def _others(fault: Fault) -> Iterator[str]:
    """Yield the places of the other functions of that name."""
    app = fault.app
    for source in app.sources:
        if source.name not in app.imported:
            continue
        for definition in definitions(source):
            here = source.name == fault.file and definition.line == fault.line
            if definition.name == fault.function and definition.decorators and not here:
                yield f"{source.name}:{definition.line}"


RULE = Rule(
    id="function-name-twice",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Two functions of the app have the same name, or would have with every blueprint.",
    why=(
        "Names are unique in an app; the library refuses the second, and the worker finds no"
        " function. Two functions of one Python name in different files meet here, too, and those"
        " of a blueprint as soon as the app registers it."
    ),
    mend="Rename one of them, or give it a name of its own by @app.function_name().",
    source="azure-functions, FunctionRegister.validate_function_names",
    check=_check,
)
