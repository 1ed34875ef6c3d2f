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
    # Of an app that works, such a line tells of what it got over, or of its data.
    outcome = Outcome.WARN if first.clue.is_warning or _works(facts) else Outcome.FAIL
    depth = Depth.EFFECT if first.clue.symptom else Depth.CAUSE
    return Judgement(outcome, first.message, first.evidence, first.clue.next, depth)


def _works(facts: Facts) -> bool:
    """Whether the app surely works: of a Functions app, that it has what it should have."""
    calm = bool(facts.latest_replicas) and not any(one.restarts for one in facts.latest_replicas)
    if not (facts.all_ready and calm):
        return False
    return not facts.is_functions or _has_all(facts)


def _has_all(facts: Facts) -> bool:
    """Whether the Functions host lists every function that is expected, where that is known."""
    expected, host = facts.expected, facts.host
    names = host.deployed.names if host is not None else None
    if expected is None or host is None or not names or host.deployed.errors:
        return False
    return expected.names <= set(names) and len(names) >= expected.count
