"""Whether the app listens where the ingress sends requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import fails, passes, skips, warns

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.health.results import Judgement

NAME: Final = "port"
_SERVER_ERROR: Final = 500
_TOLD: Final = re.compile(
    r"target ?port (?:\d+ )?does not match the listening port(?: (\d+))?", re.IGNORECASE
)


def check(facts: Facts) -> Judgement:
    """Judge the target port of the ingress."""
    app = facts.existing
    if app.ingress is None:
        return skips("it has no ingress")
    target = app.ingress.target_port
    if not target:
        return passes("the platform finds it out")
    told = next(
        (match for one in facts.events_of_latest() if (match := _TOLD.search(one.message))), None
    )
    listening = set(facts.listening)
    if told is not None and told[1]:
        listening.add(int(told[1]))
    if target in listening and told is None:
        return passes(f"it listens on {target}")
    if told is None and _answers(facts):
        return passes(f"it answers on {target}")
    if not listening and told is None:
        return warns(f"not known whether anything listens on {target}")
    ports = ", ".join(map(str, sorted(listening))) or "another port"
    message = f"requests are sent to port {target}, and the app listens on {ports}"
    mend = (
        f"az containerapp ingress update -g {facts.resource.group} -n {app.name} --target-port"
        f" {min(listening, default='PORT')}"
    )
    seen = (told[0],) if told is not None else (f"targetPort {target}",)
    return fails(message, seen, mend)


def _answers(facts: Facts) -> bool:
    """Whether requests reach it: what its lines name may be another port that it has besides."""
    home = facts.endpoint.home if facts.endpoint is not None else None
    is_answered = home is not None and not home.failure and home.status < _SERVER_ERROR
    return is_answered and facts.all_ready and bool(facts.latest_replicas)
