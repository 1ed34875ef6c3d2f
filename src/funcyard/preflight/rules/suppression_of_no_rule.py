"""A comment that is to leave out the findings of a rule that there is not."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.suppression import comments_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    from funcyard.preflight.rules import RULES  # noqa: PLC0415 - they hold this one

    known = [rule.id for rule in RULES]
    for app in facts.apps:
        for file, number, text, rules, _ in comments_of(app):
            for name in rules:
                if name not in known:
                    near = get_close_matches(name, known, n=1)
                    yield RULE.found(
                        file,
                        number,
                        f"the comment leaves out {name!r}, and there is no such rule",
                        evidence=text,
                        next=f"write {near[0]}" if near else "funcyard check --list-rules",
                    )


RULE = Rule(
    id="suppression-of-no-rule",
    group=Group.SOURCE,
    severity=Severity.WARNING,
    what="A comment leaves out a rule that there is not.",
    why="It leaves nothing out: what it was written for is still told, or is told again one day.",
    mend="Write the id of the rule as the finding names it, or take the comment out.",
    source="Funcyard's own",
    check=_check,
)
