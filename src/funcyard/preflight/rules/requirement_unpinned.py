"""Requirements that let any newer release in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.packages.needs import pin
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.packages.requirement import Requirement

_SHOWN = 3


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        open_ended = _open_ended(app)
        if not open_ended:
            continue
        names = [requirement.name for requirement in open_ended]
        told = ", ".join(names[:_SHOWN])
        if len(names) > _SHOWN:
            told += f" and {len(names) - _SHOWN} more"
        yield RULE.found(
            app.name_of(open_ended[0].file),
            open_ended[0].line,
            f"{app.name} is built with whatever releases are the newest on that day: {told}",
            evidence=open_ended[0].text,
            next=f"write {_bounded(app, open_ended[0])}, or keep a lock",
        )


def _open_ended(app: AppFacts) -> list[Requirement]:
    """Return what an installation would take the newest of."""
    asked = app.requirements
    if asked.locked or not asked.files:
        return []
    read = asked.files[0]
    return [one for one in asked.direct if one.file == read and not one.bounded]


def _bounded(app: AppFacts, requirement: Requirement) -> str:
    pinned = pin(app, requirement.name)
    return pinned if "==" in pinned else f"{pinned}==<version>"


RULE = Rule(
    id="requirement-unpinned",
    group=Group.PACKAGE,
    severity=Severity.NOTE,
    what="A requirement has no upper bound, and no lock holds its version.",
    why=(
        "Two builds of the same commit can differ: a new release of any of them arrives with the"
        " next deployment, unseen by any test."
    ),
    mend="Pin versions in requirements.txt, best with hashes (uv pip compile, poetry export).",
    source="https://pip.pypa.io/en/stable/topics/repeatable-installs/",
    check=_check,
)
