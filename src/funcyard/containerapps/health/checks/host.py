"""What the Functions host says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import Depth, fails, passes, skips, warns
from funcyard.deployed.answers import Standing

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts, Host
    from funcyard.containerapps.health.results import Judgement

NAME: Final = "host"
KEY_HINT: Final = "set FUNCYARD_MASTER_KEY, or have the app keep its keys where they can be read"
_LOGS: Final = "funcyard orch logs --tail 100"
STARTING: Final = frozenset({"default", "starting"})
"""States of a host that has not loaded its functions yet."""
_RUNNING: Final = frozenset({"running", "initialized"})


def check(facts: Facts) -> Judgement:
    """Judge the answer to ``/admin/host/status``."""
    if not facts.is_functions:
        return skips("nothing says that it is a Functions app (--expect)")
    if facts.host is None or facts.is_out_of_reach:
        return warns("not known: the app cannot be reached from here")
    return _answered(facts.host)


def _answered(host: Host) -> Judgement:
    deployed = host.deployed
    seen = (deployed.answer.quoted,)
    match deployed.standing:
        case Standing.REFUSED:
            key = "the key is refused" if deployed.with_key else "no master key is known"
            found = warns(f"not known: {key}", seen, KEY_HINT)
        case Standing.DOWN:
            message = "the Functions host answers that it does not run"
            found = fails(message, seen, _LOGS, Depth.EFFECT)
        case Standing.UNREACHABLE:
            message = f"no Functions host answers: {deployed.why_unreachable}"
            found = fails(message, seen, _LOGS, Depth.SYMPTOM)
        case Standing.TOLD if deployed.state.lower() in _RUNNING and not deployed.errors:
            by = f", asked with the master key of {host.key_from}" if host.key_from else ""
            found = passes(f"{deployed.state}{by}")
        case Standing.TOLD if deployed.state.lower() in STARTING:
            found = warns(f"it is {deployed.state}", seen, "funcyard orch health --deep --watch")
        case Standing.TOLD:
            why = "; ".join(deployed.errors) or "it does not say why"
            found = fails(f"it is {deployed.state or 'in no state'}: {why}", seen, _LOGS)
    return found
