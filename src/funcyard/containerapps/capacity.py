"""Room on a workload profile: what a node has, what runs there, and what a new revision needs.

While a new revision starts, the one before it goes on running: in single-revision mode that is the
last one that became ready, for one that did not gives way; in multiple-revision mode it is every
active one. The new one is ready once the replicas run that it always has, and one at least
(https://learn.microsoft.com/azure/container-apps/application-lifecycle-management). Replicas of
other apps on the profile take room, too; jobs are not counted, since they come and go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.capacity.packing import fit_on, nodes_needed
from funcyard.capacity.profiles import node_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from funcyard.capacity.sizes import Size
    from funcyard.containerapps.models import App, Revision
    from funcyard.containerapps.observing import Observation
    from funcyard.containerapps.template import Scale, Template

SHARED: Final = ("consumption", "flex")
"""How types of profile begin that have no nodes of their own, also those with GPUs."""

_SCHEDULE: Final = "cron"


@dataclass(frozen=True, slots=True)
class Placed:
    """Replicas of a revision that run on a profile.

    Attributes:
        app: Name of the app.
        revision: Name of the revision.
        size: What each asks for; None where it is not told.
        count: How many there are.
    """

    app: str
    revision: str
    size: Size | None
    count: int


@dataclass(frozen=True, slots=True)
class Need:
    """What a new revision needs beside what runs.

    Attributes:
        old: How many replicas of former revisions stay meanwhile.
        nodes: How many nodes all of it needs, whichever way it is placed.
        fits: Whether there may be so many.
    """

    old: int
    nodes: int
    fits: bool


@dataclass(frozen=True, slots=True)
class Capacity:
    """Room on the workload profile of an app.

    Attributes:
        profile: Name of the profile.
        type: Its type; empty where it is not told.
        node: What a node has; None where it has no nodes of its own, or of a type not known.
        current: How many nodes there are now; None where it is not told.
        minimum: How many there are at least.
        maximum: How many there may be; None where it is not told.
        replica: What a replica of the app asks for; None where it is not told.
        new: How many replicas a new revision has at least.
        placed: What runs there, the app's own replicas first.
        single: What a new revision needs in single-revision mode; None where that is not known.
        multiple: The same in multiple-revision mode.
        unknown: What could not be read, in words.
    """

    profile: str
    type: str = ""
    node: Size | None = None
    current: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    replica: Size | None = None
    new: int = 1
    placed: tuple[Placed, ...] = ()
    single: Need | None = None
    multiple: Need | None = None
    unknown: tuple[str, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Whether the platform finds room for each replica by itself."""
        return (self.type or self.profile).lower().startswith(SHARED)

    @property
    def is_too_large(self) -> bool:
        """Whether a replica fits on no node at all."""
        if self.node is None or self.replica is None:
            return False
        return fit_on(self.replica, self.node) == 0

    def need(self, *, is_single: bool) -> Need | None:
        """Return what a new revision needs in a mode."""
        return self.single if is_single else self.multiple


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another app of the environment, on the same profile.

    Attributes:
        app: The app.
        revisions: Its active revisions; None where they could not be read.
    """

    app: App
    revisions: tuple[Revision, ...] | None = None


def capacity_of(seen: Observation, neighbours: Iterable[Neighbour] | None) -> Capacity:
    """Return the room on the profile of an app.

    Args:
        seen: The app.
        neighbours: The others on the profile; None where they could not be read.
    """
    app = seen.app
    profile = seen.environment.profile(app.profile) if seen.environment else None
    state = seen.profile_state(app.profile)
    kind = profile.type if profile else (state.type if state else "")
    known = list(neighbours or ())
    own = tuple(_own(seen))
    others = tuple(_others(known))
    node = node_of(kind)
    maximum = profile.maximum if profile else None
    new = (size_of(app.template), max(app.template.scale.least, scheduled(app.template.scale), 1))
    staying = [one for one in own if one.revision == app.latest_ready_revision]
    return Capacity(
        profile=profile.name if profile else app.profile,
        type=kind,
        node=node,
        current=state.current if state else None,
        minimum=profile.minimum if profile else None,
        maximum=maximum,
        replica=new[0],
        new=new[1],
        placed=(*own, *others),
        single=_need(node, maximum, new, staying, others),
        multiple=_need(node, maximum, new, own, others),
        unknown=tuple(_unknown(seen, None if neighbours is None else known)),
    )


def size_of(template: Template) -> Size | None:
    """Return what a replica asks for; None where it is not told, or nothing."""
    size = template.size
    return size if size is not None and size.cpu > 0 and size.memory > 0 else None


def scheduled(scale: Scale) -> int:
    """Return how many replicas the schedules of a revision ask for at a time."""
    wanted = [dict(rule.metadata) for rule in scale.rules if rule.type == _SCHEDULE]
    counts = [one.get("desiredReplicas", "") for one in wanted]
    return max((int(one) for one in counts if one.isdecimal()), default=0)


def _own(seen: Observation) -> Iterator[Placed]:
    for one in seen.active:
        replicas = seen.replicas.get(one.name)
        count = len(replicas) if replicas is not None else one.replicas or 0
        yield Placed(seen.app.name, one.name, size_of(one.template), count)


def _others(neighbours: Iterable[Neighbour]) -> Iterator[Placed]:
    for one in neighbours:
        for revision in one.revisions or ():
            if revision.active and revision.replicas:
                size = size_of(revision.template)
                yield Placed(one.app.name, revision.name, size, revision.replicas)


def _unknown(seen: Observation, neighbours: Sequence[Neighbour] | None) -> Iterator[str]:
    if seen.environment is None:
        yield "its environment could not be read"
    if seen.profile_states is None:
        yield "how many nodes there are could not be read"
    if seen.revisions is None:
        yield "its revisions could not be read"
    if neighbours is None:
        yield "the other apps of the environment could not be read"
    for one in neighbours or ():
        if one.revisions is None:
            yield f"the revisions of {one.app.name} could not be read"
        for revision in one.revisions or ():
            if revision.active and revision.replicas and size_of(revision.template) is None:
                yield f"what replicas of {revision.name} ask for is not told"


def _need(
    node: Size | None,
    maximum: int | None,
    new: tuple[Size | None, int],
    old: Sequence[Placed],
    others: Sequence[Placed],
) -> Need | None:
    """Return what a new revision needs; None where that cannot be said."""
    size, count = new
    if node is None or maximum is None or size is None or not fit_on(size, node):
        return None
    replicas = [(size, count)]
    # What is larger than a node runs elsewhere, whatever is told of it.
    replicas += [
        (one.size, one.count)
        for one in (*old, *others)
        if one.size is not None and fit_on(one.size, node)
    ]
    nodes = nodes_needed(replicas, node)
    return Need(sum(one.count for one in old), nodes, fits=nodes <= maximum)
