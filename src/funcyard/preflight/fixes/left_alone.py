"""Findings of a kind that fixes mend, and why these are not mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.blueprints import forgotten_blueprints
from funcyard.preflight.clashes import clashes, listed
from funcyard.preflight.fixes.annotations import MENDED
from funcyard.preflight.fixes.text import Text
from funcyard.preflight.rules import blueprint_not_registered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.finding import Finding
    from funcyard.preflight.sources import Source


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A finding that is not mended.

    Attributes:
        finding: The finding.
        why: The reason, as a clause.
    """

    finding: Finding
    why: str


def left_alone(facts: Facts, findings: Iterable[Finding]) -> Iterator[LeftAlone]:
    """Yield the findings that a fix would mend, were it not for something else in the way."""
    clashing = {
        (clash.blueprint.file, clash.blueprint.line): (
            f"{listed(clash.others)} has a function {clash.name}, too: give one another name first"
        )
        for app in facts.apps
        for clash in clashes(facts, app)
    }
    scripts = _scripts_of_blueprints(facts)
    for finding in findings:
        place = (finding.file, finding.line)
        if finding.rule == blueprint_not_registered.RULE.id:
            why = clashing.get(place, "") or _unreadable(scripts.get(place))
        elif finding.rule in MENDED:
            why = _unreadable(_source(facts.apps, finding.file))
        else:
            continue
        if why:
            yield LeftAlone(finding, why)


def _scripts_of_blueprints(facts: Facts) -> dict[tuple[str, int], Source]:
    """Return the scripts that forgotten blueprints would be registered in, by their places."""
    return {
        (blueprint.file, blueprint.line): app.modules.script
        for app in facts.apps
        if app.modules.script is not None
        for blueprint in forgotten_blueprints(facts, app)
    }


def _source(apps: Iterable[AppFacts], file: str) -> Source | None:
    found = (app.source_by_name.get(file) for app in apps)
    return next((source for source in found if source is not None), None)


def _unreadable(source: Source | None) -> str:
    if source is None or Text.read(source.path) is not None:
        return ""
    return f"{source.name} is not UTF-8: convert it first"
