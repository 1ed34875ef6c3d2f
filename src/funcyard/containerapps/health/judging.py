"""The checks in their order, and what each makes of what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.checks import (
    app,
    capacity,
    changes,
    endpoint,
    functions,
    host,
    image,
    logs,
    port,
    probes,
    replicas,
    revisions,
    roles,
    settings,
    storage,
)
from funcyard.containerapps.health.results import Judgement, Report, Result, skips, warns

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.containerapps.health.facts import Facts


@dataclass(frozen=True, slots=True)
class Check:
    """A check.

    Attributes:
        name: As it is shown.
        judge: Returns what it makes of facts.
        is_deep: Whether it runs only where it is asked for.
        needs_app: Whether there is nothing to judge without the app.
    """

    name: str
    judge: Callable[[Facts], Judgement]
    is_deep: bool = False
    needs_app: bool = True

    def run(self, facts: Facts) -> Result:
        """Judge what is known; what could not be found out is a warning, never a pass."""
        return Result(self.name, self._judged(facts))

    def _judged(self, facts: Facts) -> Judgement:
        if self.needs_app and facts.app is None:
            return skips("there is no app" if facts.unread is None else "the app could not be read")
        fault = facts.faults.get(self.name)
        if fault is not None and self.name != app.NAME:
            return warns(f"not known: {fault.message}", next=fault.hint or "")
        return self.judge(facts)


CHECKS: Final = (
    Check(app.NAME, app.check, needs_app=False),
    Check(changes.NAME, changes.check, needs_app=False),
    Check(revisions.NAME, revisions.check),
    Check(image.NAME, image.check),
    Check(capacity.NAME, capacity.check),
    Check(replicas.NAME, replicas.check),
    Check(probes.NAME, probes.check),
    Check(endpoint.NAME, endpoint.check),
    Check(settings.NAME, settings.check, is_deep=True),
    Check(storage.NAME, storage.check, is_deep=True),
    Check(port.NAME, port.check, is_deep=True),
    Check(host.NAME, host.check, is_deep=True),
    Check(functions.NAME, functions.check, is_deep=True),
    Check(roles.NAME, roles.check, is_deep=True),
    Check(logs.NAME, logs.check, is_deep=True),
)
"""In the order in which they are told."""


def judge(facts: Facts) -> Report:
    """Return what all checks make of what is known of an app."""
    chosen = (one for one in CHECKS if facts.is_deep or not one.is_deep)
    return Report(facts.resource.name, tuple(one.run(facts) for one in chosen))
