"""A rollout on a workload profile: who runs there while a new revision starts beside the old one.

In single-revision mode the old revision is kept until the new one is ready, with as many replicas
as before; in multiple-revision mode it is kept until somebody deactivates it. So both need room at
once. The new one is ready when one of its replicas has started, so it needs room for one whatever
minReplicas is. Of a deployed app the revisions count that are active, with the replicas they have.
https://learn.microsoft.com/azure/container-apps/application-lifecycle-management#zero-downtime-deployment
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.capacity.packing import fit_on, nodes_needed
from funcyard.capacity.profiles import node_of
from funcyard.preflight.infrastructure.container_apps import (
    environments,
    every_container_app,
    revisions,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.capacity.sizes import Size
    from funcyard.preflight.infrastructure.container_apps import (
        ContainerApp,
        Environment,
        Profile,
        Revision,
    )
    from funcyard.preflight.infrastructure.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Placed:
    """A container app that runs on a dedicated profile which is known.

    Attributes:
        app: The app.
        environment: Its environment.
        profile: Its profile.
        node: What a node of the profile holds.
        size: What a replica of the app asks for.
    """

    app: ContainerApp
    environment: Environment
    profile: Profile
    node: Size
    size: Size

    @property
    def fits(self) -> bool:
        """Whether a replica fits on a node at all."""
        return fit_on(self.size, self.node) > 0


@dataclass(frozen=True, slots=True)
class Rollout:
    """A new revision of an app beside everything that runs on the same profile.

    Attributes:
        placed: The app.
        running: How many replicas of the new revision run, at least.
        old: How many replicas the old ones have together.
        certain: Whether they run whatever the load is.
        revisions: How many revisions run, the new one among them.
        others: Names of the other apps on the profile whose replicas always run.
        nodes: How many nodes all of it needs.
    """

    placed: Placed
    running: int
    old: int
    certain: bool
    revisions: int
    others: tuple[str, ...]
    nodes: int


def placed_apps(deployment: Deployment) -> Iterator[Placed]:
    """Yield the apps to be judged whose environment, profile and size are known."""
    for placed in _placed(deployment):
        if deployment.concerns(placed.app.resource):
            yield placed


def _placed(deployment: Deployment) -> Iterator[Placed]:
    known = environments(deployment)
    for app in every_container_app(deployment):
        environment = known.get(app.environment_id or "")
        name, size = app.profile, app.size
        if environment is None or name is None or size is None:
            continue
        profile = environment.profile(name)
        node = node_of(profile.type) if profile is not None else None
        if profile is not None and node is not None and size.cpu > 0 and size.memory > 0:
            yield Placed(app, environment, profile, node, size)


def rollouts(deployment: Deployment) -> Iterator[Rollout]:
    """Yield, for each profile with an app to be judged, the rollout that needs the most nodes."""
    by_profile: dict[tuple[str, str], list[Placed]] = {}
    for placed in _placed(deployment):
        if placed.fits:
            key = (placed.environment.resource.id, placed.profile.name)
            by_profile.setdefault(key, []).append(placed)
    for together in by_profile.values():
        if not any(deployment.concerns(placed.app.resource) for placed in together):
            continue
        found = [_rollout(deployment, placed, together) for placed in together]
        known = [rollout for rollout in found if rollout is not None]
        if known:
            yield max(known, key=lambda rollout: (rollout.nodes, rollout.certain))


def _rollout(deployment: Deployment, placed: Placed, together: list[Placed]) -> Rollout | None:
    least, most, count = placed.app.least, placed.app.most, _revisions(placed.app)
    if least is None or most == 0 or count is None:
        return None
    always = max(least, placed.app.by_schedule)
    running = always or 1
    others = [
        (other, other.app.least) for other in together if other is not placed and other.app.least
    ]
    active = _old(placed.app, revisions(deployment, placed.app))
    old = [(one.size or placed.size, one.replicas) for one in active if one.replicas]
    replicas = [(placed.size, running), *(old or [(placed.size, running * (count - 1))])]
    replicas += [(other.size, number) for other, number in others]
    return Rollout(
        placed=placed,
        running=running,
        certain=always > 0 or bool(old),
        revisions=len(old) + 1 if old else count,
        old=sum(number for _, number in old) or running * (count - 1),
        others=tuple(other.app.name for other, _ in others),
        nodes=nodes_needed(replicas, placed.node),
    )


def _old(app: ContainerApp, active: tuple[Revision, ...]) -> tuple[Revision, ...]:
    """Return the revisions that stay while a new one starts.

    In single-revision mode that is the last one that became ready: one that did not gives way.
    """
    ready = app.value("latestReadyRevisionName") if active else None
    if app.mode == "single" and ready is not None:
        return tuple(one for one in active if one.name == ready.text) or active
    return active


def _revisions(app: ContainerApp) -> int | None:
    """Return how many revisions run while a new one starts, None where it is not known."""
    if app.mode == "single":
        return 2
    if app.mode != "multiple":
        return None
    if app.shares is None:
        return 2
    named = set()
    for share in app.shares.items():
        revision, weight = share.get("revisionName"), share.get("weight")
        number = weight.as_number() if weight is not None else None
        if revision is not None and revision.data is not None and number:
            named.add(revision.text)
    return max(2, len(named) + 1)
