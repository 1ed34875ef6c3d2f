"""Whether probes fail, and because of what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import Depth, fails, passes, skips

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.health.results import Judgement
    from funcyard.containerapps.template import Probe

NAME: Final = "probes"
_TOLD: Final = re.compile(r"probe", re.IGNORECASE)
_KIND: Final = re.compile(r"(start ?up|liveness|readiness)", re.IGNORECASE)
_STATUS: Final = re.compile(r"status ?code:? ?(\d{3})|\b([345]\d\d)\b", re.IGNORECASE)
_REFUSED: Final = re.compile(
    r"connection refused|connect(?:ion)? (?:error|failed)|dial tcp", re.IGNORECASE
)
_TIMEOUT: Final = re.compile(r"time(?:d )?-?out|deadline", re.IGNORECASE)


def check(facts: Facts) -> Judgement:
    """Judge the probes of the latest revision."""
    main = facts.main
    if main is None:
        return skips("there is no container")
    failed = [one for one in facts.events_of_latest() if _TOLD.search(one.reason)]
    if facts.all_ready or not failed:
        return passes(f"{len(main.probes)} of its own, none fails now")
    last = failed[0]
    kind = _KIND.search(last.message)
    name = kind[1].lower().replace(" ", "") if kind else ""
    probe = next((one for one in main.probes if name and one.type.lower() == name), None)
    seen = (f"{last.reason}: {last.message}", *((_written(probe),) if probe is not None else ()))
    logs = f"funcyard orch logs --revision {facts.existing.latest_revision}"
    which = f"the {name or 'health'} probe of {main.name}"
    status = _STATUS.search(last.message)
    if status is not None and not _REFUSED.search(last.message):
        number = status[1] or status[2]
        asked = (
            f" of {probe.path or '/'}" if probe is not None and probe.action == "httpGet" else ""
        )
        message = f"{which} gets {number} as the answer{asked}"
        mend = "correct the path of the probe, or have the app answer it"
        return fails(message, seen, mend)
    if _REFUSED.search(last.message):
        return _refused(facts, which, probe, seen, logs)
    if _TIMEOUT.search(last.message) and probe is not None:
        patience = (probe.initial_delay or 0) + (probe.period or 10) * (
            probe.failure_threshold or 3
        )
        message = f"{which} gives up after about {patience} seconds, before {main.name} answers"
        return fails(message, seen, "raise its failureThreshold or its delay")
    return fails(f"{which} fails", seen, logs, Depth.EFFECT)


def _refused(
    facts: Facts, which: str, probe: Probe | None, seen: tuple[str, ...], logs: str
) -> Judgement:
    """Judge a probe that nobody answers: of a port of its own, it asks at the wrong one."""
    if probe is not None and probe.port is not None and facts.listening:
        if probe.port not in facts.listening:
            ports = ", ".join(map(str, sorted(facts.listening)))
            message = f"{which} asks at port {probe.port}, and the app listens on {ports}"
            return fails(message, seen, f"correct the port to {ports}")
        patience = (probe.initial_delay or 0) + (probe.period or 10) * (
            probe.failure_threshold or 3
        )
        message = f"{which} gives up after about {patience} seconds, before the app listens"
        return fails(message, seen, "raise its failureThreshold or its delay")
    return fails(f"{which}: nobody listens there", seen, logs, Depth.EFFECT)


def _written(probe: Probe) -> str:
    path = f" {probe.path}" if probe.path else ""
    return (
        f"{probe.type} {probe.action} {probe.port}{path}: after {probe.initial_delay or 0} s, every"
        f" {probe.period or 10} s, {probe.failure_threshold or 3} failures"
    )
