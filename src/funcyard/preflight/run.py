"""A run of the preflight: facts, rules, what is left out, the report."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from funcyard.preflight.facts import NotImportedYetError, facts_of, import_apps
from funcyard.preflight.report import Report, functions_of, ordered
from funcyard.preflight.rules import RULES
from funcyard.preflight.suppression import without_suppressed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.finding import Finding
    from funcyard.preflight.rule import Rule
    from funcyard.preflight.target import Request


async def run(request: Request, rules: Sequence[Rule]) -> Report:
    """Check what was asked with the given rules.

    Rules that need no import of an app are run while the apps are imported, in processes of their
    own. Where somebody outside is asked, who may take long, they wait: an interrupt ends them then.

    Raises:
        IndexingError: An app's interpreter cannot be started.
    """
    facts = facts_of(request)
    if request.online or request.ask_tools or request.ask_registries:
        await import_apps(facts)
        return report_on(facts, rules)
    importing = import_apps(facts)
    _, early = await asyncio.gather(importing, asyncio.to_thread(_found_early, facts, rules))
    return report_on(facts, rules, early)


def report_on(
    facts: Facts, rules: Sequence[Rule], early: Mapping[str, Sequence[Finding]] | None = None
) -> Report:
    """Return what the given rules find in facts.

    Args:
        facts: The facts, every app imported.
        rules: The rules.
        early: What some of them found before, by their ids.
    """
    known = early or {}
    found = (
        finding
        for rule in rules
        for finding in (known[rule.id] if rule.id in known else rule.check(facts))
    )
    return Report(
        findings=ordered(without_suppressed(found, facts.root), RULES),
        functions=tuple(told for app in facts.apps for told in functions_of(app)),
        apps=len(facts.apps),
    )


def _found_early(facts: Facts, rules: Sequence[Rule]) -> dict[str, list[Finding]]:
    """Return what the rules find that do not ask what importing an app tells, by their ids."""
    early = {}
    for rule in rules:
        with contextlib.suppress(NotImportedYetError):
            early[rule.id] = list(rule.check(facts))
    return early
