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
    # Of an app that is no Functions app, and works, such a line tells of what it got over.
    calm = bool(facts.latest_replicas) and not any(one.restarts for one in facts.latest_replicas)
    works = not facts.is_functions and facts.all_ready and calm
    outcome = Outcome.WARN if first.clue.is_warning or works else Outcome.FAIL
    depth = Depth.EFFECT if first.clue.symptom else Depth.CAUSE
    return Judgement(outcome, first.message, first.evidence, first.clue.next, depth)
