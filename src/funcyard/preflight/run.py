"""A run of the preflight: facts, rules, what is left out, the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.facts import gather
from funcyard.preflight.report import Report, functions_of, ordered
from funcyard.preflight.rules import RULES
from funcyard.preflight.suppression import without_suppressed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.rule import Rule
    from funcyard.preflight.target import Request


async def run(request: Request, rules: Sequence[Rule]) -> Report:
    """Check what was asked with the given rules.

    Raises:
        IndexingError: An app's interpreter cannot be started.
    """
    return report_on(await gather(request), rules)


def report_on(facts: Facts, rules: Sequence[Rule]) -> Report:
    """Return what the given rules find in facts."""
    found = (finding for rule in rules for finding in rule.check(facts))
    return Report(
        findings=ordered(without_suppressed(found, facts.root), RULES),
        functions=tuple(told for app in facts.apps for told in functions_of(app)),
        apps=len(facts.apps),
    )
