"""Whether lines of the app say why it does not work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import Depth, Judgement, Outcome, passes, skips

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts

NAME: Final = "logs"


def check(facts: Facts) -> Judgement:
    """Judge what the lines mean."""
    if not facts.has_lines:
        return skips("no replica has printed anything")
    if not facts.diagnoses:
        return passes("no line tells of anything wrong")
    first = facts.diagnoses[0]
    outcome = Outcome.WARN if first.clue.is_warning else Outcome.FAIL
    depth = Depth.EFFECT if first.clue.symptom else Depth.CAUSE
    return Judgement(outcome, first.message, first.evidence, first.clue.next, depth)
