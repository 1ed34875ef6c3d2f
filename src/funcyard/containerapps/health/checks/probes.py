"""Whether probes fail, and because of what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import Depth, fails, passes, skips

if TYPE_CHECKING:
    from funcyard.containerapps.events import Event
    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.health.results import Judgement
    from funcyard.containerapps.template import Probe

NAME: Final = "probes"
_PERIOD: Final = 10
_THRESHOLD: Final = 3
_TOLD: Final = re.compile(r"probe", re.IGNORECASE)
_KIND: Final = re.compile(r"(start ?up|liveness|readiness)", re.IGNORECASE)
_STATUS: Final = re.compile(r"status ?code:? ?(\d{3})|\b([345]\d\d)\b", re.IGNORECASE)
_REFUSED: Final = re.compile(
    r"connection refused|connect(?:ion)? (?:error|failed)|dial tcp|status code: 1\b", re.IGNORECASE
)
"""Nobody listens: of a probe by TCP the platform says that with the status code 1."""
_ENDED: Final = re.compile(r"failed (start ?up|liveness|readiness) probe", re.IGNORECASE)
_TIMEOUT: Final = re.compile(r"time(?:d )?-?out|deadline", re.IGNORECASE)


def check(facts: Facts) -> Judgement:
    """Judge the probes of the latest revision."""
    main = facts.main
    if main is None:
        return skips("there is no container")
    failed = _failing(facts)
    if not failed:
        return passes(f"{len(main.probes)} of its own, none fails now")
    # An answer says more than that there was none, which may be so only now and then.
    last = next((one for one in failed if _answer(one)), failed[0])
    kind = _kind_of(last)
    probe = next((one for one in main.probes if kind and one.type.lower() == kind), None)
    return _judged(facts, _Failed(last, f"the {kind or 'health'} probe of {main.name}", probe))


@dataclass(frozen=True, slots=True)
class _Failed:
    """A probe that failed.

    Attributes:
        event: In the platform's words.
        name: In ours.
        probe: As the template has it; None for one that the platform adds.
    """

    event: Event
    name: str
    probe: Probe | None

    @property
    def seen(self) -> tuple[str, ...]:
        """What tells it."""
        told = f"{self.event.reason}: {self.event.message}"
        return (told,) if self.probe is None else (told, _written(self.probe))


def _failing(facts: Facts) -> list[Event]:
    """Return failures that count, the newest first.

    Where a probe ends the container, its failures are those that count: it may be ready in between,
    and others fail while it starts again. Once all is ready otherwise, those of the start are over.
    """
    failed = [one for one in facts.events_of_latest() if _TOLD.search(one.reason)]
    if any(one.restarts for one in facts.latest_replicas):
        kind = _ended_by(facts)
        return [one for one in failed if kind and _kind_of(one) == kind]
    return [] if facts.all_ready else failed


def _ended_by(facts: Facts) -> str:
    """Return the kind of the probe that ended a container last; empty where none did."""
    ends = (_ENDED.search(one.message) for one in facts.told_of_latest())
    last = next((one for one in ends if one), None)
    return last[1].lower().replace(" ", "") if last is not None else ""


def _answer(event: Event) -> str:
    """Return the status with which a probe was answered; empty for none."""
    status = None if _REFUSED.search(event.message) else _STATUS.search(event.message)
    return "" if status is None else status[1] or status[2]


def _kind_of(event: Event) -> str:
    kind = _KIND.search(event.message)
    return kind[1].lower().replace(" ", "") if kind else ""


def _judged(facts: Facts, failed: _Failed) -> Judgement:
    message, probe = failed.event.message, failed.probe
    if _REFUSED.search(message):
        return _refused(facts, failed)
    if answer := _answer(failed.event):
        asked = f" of {probe.path or '/'}" if probe and probe.action == "httpGet" else ""
        told = f"{failed.name} gets {answer} as the answer{asked}"
        return fails(told, failed.seen, "correct the path of the probe, or have the app answer it")
    if _TIMEOUT.search(message) and probe is not None:
        return _impatient(failed, probe, "the app answers")
    return fails(f"{failed.name} fails", failed.seen, _logs(facts), Depth.EFFECT)


def _refused(facts: Facts, failed: _Failed) -> Judgement:
    """Judge a probe that nobody answers: it asks at the wrong port, or too early."""
    probe = failed.probe
    is_ended = _has_ended(facts) and not _ended_by(facts)
    if probe is None or probe.port is None or facts.diagnoses or is_ended:
        told = f"{failed.name}: nobody listens there"
        return fails(told, failed.seen, _logs(facts), Depth.EFFECT)
    if facts.listening and probe.port not in facts.listening:
        ports = ", ".join(map(str, sorted(facts.listening)))
        told = f"{failed.name} asks at port {probe.port}, and the app listens on {ports}"
        return fails(told, failed.seen, f"correct the port to {ports}")
    return _impatient(failed, probe, "anything listens there")


def _impatient(failed: _Failed, probe: Probe, until: str) -> Judgement:
    """Judge a probe that fails before what it asks for can be there."""
    delay, period = probe.initial_delay or 0, probe.period or _PERIOD
    patience = delay + period * (probe.failure_threshold or _THRESHOLD)
    told = f"{failed.name} gives up after about {patience} seconds, before {until}"
    return fails(told, failed.seen, "raise its failureThreshold or its delay, or start faster")


def _has_ended(facts: Facts) -> bool:
    """Whether a container of the latest revision does not run."""
    return any(
        container.states.running_state.lower() != "running"
        for replica in facts.latest_replicas
        for container in replica.every_container()
    )


def _logs(facts: Facts) -> str:
    return f"funcyard orch logs --revision {facts.existing.latest_revision}"


def _written(probe: Probe) -> str:
    path = f" {probe.path}" if probe.path else ""
    return (
        f"{probe.type} {probe.action} {probe.port}{path}: after {probe.initial_delay or 0} s, every"
        f" {probe.period or _PERIOD} s, {probe.failure_threshold or _THRESHOLD} failures"
    )
