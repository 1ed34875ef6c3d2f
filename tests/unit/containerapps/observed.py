"""Container apps as tests have them observed."""

from __future__ import annotations

from dataclasses import replace

from funcyard.containerapps.models import App, Ingress, Replica, ReplicaContainer, Revision
from funcyard.containerapps.observing import Observation
from funcyard.containerapps.states import (
    AppStates,
    ContainerStates,
    ReplicaStates,
    RevisionStates,
)
from funcyard.containerapps.template import Scale, Template

OLD, NEW = "orch-dev--0000001", "orch-dev--0000002"


def replica(
    name: str, *, ready: bool = True, state: str = "Running", details: str = "", restarts: int = 0
) -> Replica:
    """A replica of one container."""
    states = ContainerStates(state, details, ready=ready, started=ready, restart_count=restarts)
    return Replica(
        name,
        name,
        ReplicaStates("Running" if ready else "NotRunning"),
        containers=(ReplicaContainer("orch", states),),
    )


def revision(
    name: str, *, active: bool = True, state: str = "Running", least: int = 0, weight: int = 0
) -> Revision:
    """A revision that was provisioned."""
    return Revision(
        name,
        name,
        RevisionStates("Provisioned", state, "Healthy"),
        active=active,
        traffic_weight=weight,
        template=Template(scale=Scale(least=least)),
    )


def observed(
    *revisions: Revision,
    ready: str = NEW,
    mode: str = "Single",
    provisioning: str = "Succeeded",
    running: str = "Running",
    **replicas: tuple[Replica, ...],
) -> Observation:
    """An app whose latest revision is the last one given; replicas by ``old`` and ``new``."""
    names = {"old": OLD, "new": NEW}
    app = App(
        "orch-dev",
        "orch-dev",
        AppStates(provisioning, running),
        mode=mode,
        latest_revision=revisions[-1].name if revisions else "",
        latest_ready_revision=ready,
        ingress=Ingress("orch-dev.example", external=True),
    )
    told = {names[name]: found for name, found in replicas.items()}
    return Observation(app, revisions, told)


def unread(seen: Observation) -> Observation:
    """The same, but for its revisions, which could not be read."""
    return replace(seen, revisions=None, replicas={})
