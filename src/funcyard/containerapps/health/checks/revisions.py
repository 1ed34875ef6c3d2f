"""Whether the latest revision runs, and whether requests reach it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import Depth, fails, passes, warns

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.health.results import Judgement
    from funcyard.containerapps.models import App, Revision

NAME: Final = "revisions"
STARTING: Final = timedelta(minutes=10)
"""For so long a revision may be on its way; Azure gives up after about as much."""

_FAILED: Final = frozenset({"failed", "activationfailed", "degraded", "stopped"})


def check(facts: Facts) -> Judgement:
    """Judge the revisions."""
    app = facts.existing
    if not facts.active:
        return _none_active(facts, app)
    latest = facts.latest
    if not facts.is_latest_ready:
        return _not_ready(facts, app, latest)
    return _unreached(app, facts) or passes(f"{app.latest_revision}, the latest, is ready")


def _none_active(facts: Facts, app: App) -> Judgement:
    where = f"-g {facts.resource.group} -n {app.name}"
    return fails(
        f"none of the {len(facts.revisions)} revisions is active, so nothing runs",
        tuple(f"{one.name}: active false" for one in facts.revisions[-3:]),
        f"funcyard orch revision activate {app.latest_revision}"
        if app.latest_revision
        else f"az containerapp revision list --all {where}",
    )


def _not_ready(facts: Facts, app: App, latest: Revision | None) -> Judgement:
    name = app.latest_revision or "the latest"
    ready = app.latest_ready_revision
    runs = f"{ready} goes on running" if ready else "none ever was"
    seen = [f"latestRevisionName {name}, latestReadyRevisionName {ready or '(none)'}"]
    state, is_late = "", True
    if latest is not None:
        state = latest.states.running_state
        seen += [
            f"{name}: {word} {value}"
            for word, value in (
                ("provisioningState", latest.states.provisioning_state),
                ("runningState", state),
                ("healthState", latest.states.health_state),
                ("provisioningError", latest.states.provisioning_error),
                ("runningStateDetails", latest.states.running_details),
            )
            if value
        ]
        is_late = latest.created is None or facts.now - latest.created > STARTING
    has_failed = state.lower() in _FAILED or (
        latest is not None and latest.states.provisioning_state.lower() == "failed"
    )
    told = f": {state}" if state else ""
    if not has_failed and not is_late:
        message = f"{name}, the latest, is not ready yet{told}; {runs}"
        return warns(message, tuple(seen), "funcyard orch health --watch")
    message = f"{name}, the latest, is not ready{told}; {runs}"
    logs = f"funcyard orch logs --system --revision {name}"
    return fails(message, tuple(seen), logs, Depth.SYMPTOM)


def _unreached(app: App, facts: Facts) -> Judgement | None:
    """Tell of requests that go elsewhere than to what is meant to get them."""
    traffic = app.ingress.traffic if app.ingress is not None else ()
    shares = [one for one in traffic if one.weight]
    if not shares or app.is_single:
        return None
    active = {one.name for one in facts.active}
    where = f"-g {facts.resource.group} -n {app.name}"
    seen = tuple(f"{one.weight} % to {one.revision or 'the latest'}" for one in shares)
    lost = [one for one in shares if one.revision and one.revision not in active]
    if lost:
        message = (
            f"{lost[0].weight} % of the requests go to {lost[0].revision}, which is not active"
        )
        mend = f"funcyard orch revision activate {lost[0].revision}"
        return fails(message, seen, mend)
    latest = app.latest_revision
    reached = any(one.latest or not one.revision or one.revision == latest for one in shares)
    labelled = any(one.revision == latest and one.label for one in traffic)
    if reached or labelled:
        return None
    message = (
        f"the mode is Multiple, and {latest}, the latest, gets no requests: they stay with"
        f" {', '.join(one.revision for one in shares)}"
    )
    mend = f"az containerapp ingress traffic set {where} --revision-weight latest=100"
    return fails(message, seen, mend)
