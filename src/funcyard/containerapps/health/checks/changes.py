"""Whether what was last asked for was done: what is refused leaves everything as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import Judgement, Outcome, passes

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts

NAME: Final = "changes"
RECENT: Final = timedelta(hours=1)
"""A refusal that is older is a warning, where the app is there: somebody may have given up."""


def check(facts: Facts) -> Judgement:
    """Judge the last change that was asked for."""
    last = next(iter(facts.changes), None)
    if last is None:
        return passes("nothing was asked for within a day")
    what = last.operation.partition("/")[2]
    if not last.has_failed:
        return passes(f"the last one, {what}, {_ended(last.status)}")
    code = f" ({last.code})" if last.code else ""
    when = f"{last.time:%Y-%m-%d %H:%M:%S} UTC: {last.operation}" if last.time else last.operation
    is_recent = last.time is None or facts.now - last.time < RECENT
    outcome = Outcome.FAIL if is_recent or facts.app is None else Outcome.WARN
    message = f"the last one was refused{code}: {last.message.rstrip('.') or 'Azure says no more'}"
    return Judgement(outcome, message, (when,), "mend that and deploy it again")


def _ended(status: str) -> str:
    return "goes on" if status.lower() in ("accepted", "started") else status.lower()
