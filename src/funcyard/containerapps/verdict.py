"""What the states of an app, its revisions, its replicas and their containers come to.

An app can be Succeeded and Running while its latest revision never ran, so no state of one family
is taken for one of another: what serves is said by replicas whose containers are ready, what failed
by the revision and its containers, and the app's own states only say whether it is meant to run.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.containerapps.models import Replica, ReplicaContainer, Revision
    from funcyard.containerapps.observing import Observation


class Standing(StrEnum):
    """How an app stands, in one word; see docs/operate.md."""

    RUNNING = "running"
    SCALED_TO_ZERO = "scaled to zero"
    STARTING = "starting"
    DEGRADED = "degraded"
    FAILED = "failed"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an app stands, and what says so.

    Attributes:
        standing: In one word.
        because: What says so, in words; the most telling first.
    """

    standing: Standing
    because: tuple[str, ...] = ()


_STOPPED: Final = frozenset({"stopped", "suspended"})
_FAILED: Final = frozenset({"failed", "activationfailed", "degraded"})
_CHANGING: Final = frozenset({"inprogress", "progressing"})
_CONTAINER_FAILED: Final = (
    "backoff",
    "back-off",
    "errimagepull",
    "imagepullunauthorized",
    "invalidimagename",
    "createcontainererror",
    "createcontainerconfigerror",
    "oomkilled",
)
"""Words that Kubernetes, and so Azure, uses of a container that will not run by itself."""


_UNSTARTABLE: Final = ("imagepull", "invalidimagename", "createcontainer")
"""Of those, what no other start mends."""

_IN_VAIN: Final = 3
_BUSY: Final = frozenset({"activating", "processing", "provisioning", "deprovisioning", ""})


def verdict(seen: Observation) -> Verdict:
    """Return how an app stands."""
    app = seen.app
    if is_stopped(seen):
        return Verdict(Standing.STOPPED, (f"{app.name} is {app.states.running_status}",))
    if seen.revisions is None:
        return Verdict(Standing.UNKNOWN, ("its revisions could not be read",))
    if not seen.active:
        return _without_revision(seen)
    return _of_latest(seen, seen.latest)


def _of_latest(seen: Observation, latest: Revision | None) -> Verdict:
    app = seen.app
    if latest is None:
        named = app.latest_revision or "no name"
        return Verdict(Standing.UNKNOWN, (f"Azure does not tell of its latest revision: {named}",))
    if not latest.active:
        return _judged_by_service(seen, (f"{latest.name}, the latest, is not active",))
    failures = tuple(what_failed(seen, latest))
    if app.latest_ready_revision != latest.name:
        return _not_ready(seen, latest, failures)
    return _ready(seen, latest, failures)


def is_stopped(seen: Observation) -> bool:
    """Tell whether an app is meant not to run."""
    return word(seen.app.states.running_status) in _STOPPED


def what_failed(seen: Observation, revision: Revision) -> Iterator[str]:
    """Yield what says that a revision failed; nothing where nothing does."""
    states = revision.states
    if word(states.running_state) in _FAILED:
        details = f": {states.running_details}" if states.running_details else ""
        yield f"{revision.name} is {states.running_state}{details}"
    if word(states.provisioning_state) == "failed":
        why = f": {states.provisioning_error}" if states.provisioning_error else ""
        yield f"{revision.name} is {states.provisioning_state}{why}"
    for replica in seen.replicas.get(revision.name, ()):
        for container in replica.every_container():
            state, told = container.states.running_state, container.states.details
            if word(state) != "running" and any(one in word(told) for one in _CONTAINER_FAILED):
                yield f"container {container.name} of {replica.name} is {state}: {told}"


def has_failed(seen: Observation, revision: Revision) -> bool:
    """Tell whether a revision will hardly run any more by itself.

    A container that ended is started again and again, and may run the next time: what it needs may
    come up late. So one counts only once it was started in vain several times.
    """
    states = revision.states
    if word(states.running_state) in _FAILED or word(states.provisioning_state) == "failed":
        return True
    return any(
        one.states.restart_count >= _IN_VAIN or any(told in _told(one) for told in _UNSTARTABLE)
        for replica in seen.replicas.get(revision.name, ())
        for one in replica.every_container()
        if word(one.states.running_state) != "running"
    )


def is_up(seen: Observation, revision: Revision) -> bool:
    """Tell whether a revision has all replicas that it wants, and each is ready."""
    replicas = seen.replicas.get(revision.name)
    if replicas is None or any(what_failed(seen, revision)):
        return False
    least = revision.template.scale.least
    if not replicas:
        return least == 0 and word(revision.states.running_state) not in _BUSY
    return len(replicas) >= least and all(one.ready for one in replicas)


def _told(container: ReplicaContainer) -> str:
    return word(container.states.details)


def word(told: str) -> str:
    """Return a word of Azure's to compare: ``Activation failed`` is written in several ways."""
    return told.replace(" ", "").replace("_", "").lower()


def _without_revision(seen: Observation) -> Verdict:
    if word(seen.app.states.provisioning_state) in _CHANGING:
        return Verdict(Standing.STARTING, ("its first revision is not there yet",))
    if word(seen.app.states.provisioning_state) == "failed" and not seen.revisions:
        return Verdict(Standing.FAILED, ("it is Failed, and never had a revision",))
    return Verdict(Standing.STOPPED, ("no revision is active",))


def _not_ready(seen: Observation, latest: Revision, failures: tuple[str, ...]) -> Verdict:
    before = seen.app.latest_ready_revision
    told = f"{latest.name}, the latest, is not ready" + (f", {before} is" if before else "")
    if not failures:
        return Verdict(Standing.STARTING, (told,))
    return _judged_by_service(seen, (*failures, told))


def _judged_by_service(seen: Observation, why: tuple[str, ...]) -> Verdict:
    """Judge an app that is not as it is meant to be by whether anything serves all the same."""
    serving = [one.name for one in seen.active if serves(seen, one)]
    if serving:
        return Verdict(Standing.DEGRADED, (*why, f"{' and '.join(serving)} still serves"))
    idle = [one.name for one in seen.active if _rests(seen, one)]
    if idle:
        return Verdict(Standing.DEGRADED, (*why, f"{' and '.join(idle)} starts when asked"))
    if missing := _unread(seen):
        return Verdict(Standing.UNKNOWN, (*why, missing))
    return Verdict(Standing.FAILED, (*why, "nothing serves"))


def _ready(seen: Observation, latest: Revision, failures: tuple[str, ...]) -> Verdict:
    replicas = seen.replicas.get(latest.name)
    if replicas is None:
        told = f"the replicas of {latest.name} could not be read"
        return Verdict(Standing.UNKNOWN, (*failures, told))
    least = latest.template.scale.least
    if not replicas and not least and not failures:
        return Verdict(Standing.SCALED_TO_ZERO, (f"{latest.name} has no replica and wants none",))
    wanted = max(least, len(replicas))
    ready = sum(one.ready for one in replicas)
    counted = f"{ready} of {wanted} replicas of {latest.name} are ready"
    if not ready:
        is_waking = replicas and not failures and not any(one.restarts for one in replicas)
        if is_waking:
            return Verdict(Standing.STARTING, (counted,))
        return _judged_by_service(seen, (*failures, counted))
    if ready < wanted:
        failures = (*failures, counted, *_not_ready_replicas(replicas))
    return _serving(seen, latest, failures, counted)


def _serving(
    seen: Observation, latest: Revision, failures: tuple[str, ...], counted: str
) -> Verdict:
    """Judge an app whose latest revision serves, at least in part."""
    worse = [*failures, *_others_failed(seen, latest)]
    if word(seen.app.states.provisioning_state) == "failed":
        worse.append(f"the last change of {seen.app.name} Failed")
    if not worse:
        return Verdict(Standing.RUNNING, (counted,))
    return Verdict(Standing.DEGRADED, tuple(worse) if counted in worse else (*worse, counted))


def serves(seen: Observation, revision: Revision) -> bool:
    """Tell whether a revision gets requests and has a replica that is ready."""
    gets = seen.app.ingress is None or seen.app.is_single or revision.traffic_weight > 0
    return gets and any(one.ready for one in seen.replicas.get(revision.name, ()))


def _rests(seen: Observation, revision: Revision) -> bool:
    """Tell whether a revision that was ready has no replica until somebody asks for it."""
    return (
        revision.name == seen.app.latest_ready_revision
        and seen.replicas.get(revision.name) == ()
        and revision.template.scale.least == 0
        and not any(what_failed(seen, revision))
    )


def _others_failed(seen: Observation, latest: Revision) -> Iterator[str]:
    """Yield what says that another revision failed that gets requests."""
    for one in seen.active:
        if one.name != latest.name and not seen.app.is_single and one.traffic_weight > 0:
            yield from what_failed(seen, one)


def _unread(seen: Observation) -> str:
    missing = [one.name for one in seen.active if one.name not in seen.replicas]
    return f"the replicas of {' and '.join(missing)} could not be read" if missing else ""


def _not_ready_replicas(replicas: tuple[Replica, ...]) -> Iterator[str]:
    for replica in replicas:
        if not replica.ready:
            state = replica.states.running_state or "not told"
            yield f"{replica.name} is not ready: {state}, {replica.restarts} restarts"
