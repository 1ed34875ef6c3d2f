"""A run of the preflight: facts, rules, what is left out, the report."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from funcyard.preflight.facts import NotImportedYetError, facts_of, import_apps
from funcyard.preflight.report import Report, functions_of, ordered
from funcyard.preflight.suppression import without_suppressed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.finding import Finding
    from funcyard.preflight.rule import Rule
    from funcyard.preflight.target import Request


def run(request: Request, rules: Sequence[Rule] | None = None) -> Report:
    """Check what was asked with the given rules, or with all.

    Rules that need no import of an app are run, and loaded where none are given, while the apps are
    imported, in processes of their own. Where somebody outside is asked, who may take long, they
    come after that, and in no event loop, which would keep an interrupt until they have ended.

    Raises:
        IndexingError: An app's interpreter cannot be started.
    """
    facts = facts_of(request)
    if request.online or request.ask_tools or request.ask_registries:
        asyncio.run(import_apps(facts))
        return report_on(facts, rules if rules is not None else _all_rules())
    rules, early = asyncio.run(_imported_meanwhile(facts, rules))
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
    everything = _all_rules()
    found = (
        finding
        for rule in rules
        for finding in (known[rule.id] if rule.id in known else rule.check(facts))
    )
    return Report(
        findings=ordered(without_suppressed(found, facts.root), everything),
        functions=tuple(told for app in facts.apps for told in functions_of(app)),
        apps=len(facts.apps),
        unloaded=sum(app.survey.index.failure is not None for app in facts.apps),
    )


async def _imported_meanwhile(
    facts: Facts, rules: Sequence[Rule] | None
) -> tuple[Sequence[Rule], dict[str, list[Finding]]]:
    found = asyncio.to_thread(_found_early, facts, rules)
    _, early = await asyncio.gather(import_apps(facts), found)
    return early


def _found_early(
    facts: Facts, rules: Sequence[Rule] | None
) -> tuple[Sequence[Rule], dict[str, list[Finding]]]:
    """Return the rules, and what those find that do not ask what importing an app tells, by id."""
    chosen = rules if rules is not None else _all_rules()
    early = {}
    for rule in chosen:
        with contextlib.suppress(NotImportedYetError):
            early[rule.id] = list(rule.check(facts))
    return chosen, early


def _all_rules() -> Sequence[Rule]:
    from funcyard.preflight.rules import RULES  # noqa: PLC0415 - so many that apps do not wait for

    return RULES
