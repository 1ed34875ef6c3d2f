"""A module that the code imports, and that is only there because something else requires it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.packages.needs import State
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for need in app.needs:
            if need.state is State.ALONG:
                asked = app.name_of(app.requirements.files[0])
                yield RULE.found(
                    need.file,
                    need.line,
                    f"{app.name} imports {need.provider.module}, which is only installed because"
                    " something else requires it",
                    evidence=app.text_at(need.file, need.line),
                    next=f"add {need.name} to {asked}",
                )


RULE = Rule(
    id="requirement-transitive",
    group=Group.PACKAGE,
    severity=Severity.NOTE,
    what="The code imports a distribution that comes along with another and is not asked for.",
    why=(
        "It works until the other one drops it or moves to a release of it that differs. What a"
        " library hands out as part of itself, as Azure's clients do azure-core, does not count."
    ),
    mend="Ask for what is imported.",
    source="https://packaging.python.org/discussions/install-requires-vs-requirements/",
    check=_check,
)
