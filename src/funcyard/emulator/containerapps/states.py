"""The states of a revision, as they follow from its replicas.

Words beyond those of the REST API's page (``Activating``, ``ActivationFailed``, ``ScaledToZero``,
``RunningAtMaxScale``) are those that Azure answers with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept


@dataclass(frozen=True, slots=True)
class Observed:
    """How a revision is.

    Attributes:
        replicas: How many it has.
        health: ``Healthy``, ``Unhealthy`` or ``None``.
        running: What its replicas do.
        details: Of that, for a person.
    """

    replicas: int
    health: str
    running: str
    details: str = ""


def observed(core: Core, app: Kept, revision: Kept) -> Observed:
    """Return how a revision is now."""
    told = revision.properties
    if not told["active"] or app.body["stopped"]:
        return Observed(0, told["health"], "Stopped")
    own = core.container_apps.fleet.of(revision.key)
    target = core.container_apps.target(revision)
    ready = sum(one.is_ready for one in own)
    count = len(own)
    if not told["isReady"]:
        if told["health"] == "Unhealthy":
            return Observed(count, "Unhealthy", "ActivationFailed", overdue(ready, target))
        return Observed(count, "None", "Activating")
    if ready < target:
        is_broken = any(one.is_broken for one in own)
        return _lacking(count, ready, target, is_broken=is_broken)
    if target == 0:
        return Observed(count, "Healthy", "ScaledToZero")
    is_largest = target == told["template"]["scale"]["maxReplicas"]
    return Observed(count, "Healthy", "RunningAtMaxScale" if is_largest else "Running")


def _lacking(count: int, ready: int, target: int, *, is_broken: bool) -> Observed:
    """Return how a revision is that was ready and has fewer replicas than it should have."""
    details = f"{ready}/{target} replicas ready."
    if is_broken:
        return Observed(count, "Unhealthy", "Degraded" if ready else "Failed", details)
    return Observed(count, "Healthy" if ready else "None", "Processing", details)


def overdue(ready: int, target: int) -> str:
    """Return what is said of a revision whose replicas were not ready in time."""
    return f"Deployment Progress Deadline Exceeded. {ready}/{target} replicas ready."
