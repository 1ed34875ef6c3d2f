"""Whatever the graphs, changes, faults and kills: it ends as if nothing had happened."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.deploy.boxes import Box, BoxCloud, Mute, Slow, Stored, box, drawn
from tests.unit.deploy.stacks import Stack

from funcyard.deploy.apply import Report
from funcyard.deploy.engine import Limits
from funcyard.deploy.graph import Graph, needed
from funcyard.deploy.refs import Ref, SecretRef, Text, Value
from funcyard.errors import FuncyardError

_KINDS: dict[str, type[Box]] = {"a": Box, "b": Stored, "c": Mute, "d": Slow, "e": Stored, "f": Box}
_CALM = 25

pytestmark = pytest.mark.usefixtures("unsynced")


@dataclass(frozen=True)
class Disturbance:
    """What happens while stacks are deployed.

    Attributes:
        seed: Of its chance.
        share: Of calls that meet trouble.
        kills: How many of ten runs are killed.
        hiding: Seconds until what was made is shown.
    """

    seed: int
    share: float
    kills: int
    hiding: float


@st.composite
def graphs(draw: st.DrawFn) -> list[Box]:
    """Boxes in any order, each needing some of those before it."""
    names = draw(st.lists(st.sampled_from(sorted(_KINDS)), unique=True, max_size=6))
    made: list[Box] = []
    for place, name in enumerate(names):
        others = st.sampled_from(names[:place] or [name])
        most = 3 if place else 0
        properties: dict[str, Value] = {
            "colour": draw(st.sampled_from(["red", "blue"])),
            "size": draw(st.sampled_from([1, 1, 2])),
        }
        for number, other in enumerate(draw(st.lists(others, max_size=most))):
            properties[f"of{number}"] = draw(st.sampled_from(_references(other)))
            if _KINDS[name] is Mute:
                properties["key"] = SecretRef(other, "key")
        depends_on = draw(st.lists(others, max_size=min(most, 2), unique=True))
        made.append(box(name, *depends_on, kind=_KINDS[name], **properties))
    return made


def _references(other: str) -> list[Value]:
    name, key = Ref(other, "name"), SecretRef(other, "key")
    return [name, Ref(other, "generation"), key, [{"value": Text((name, "=", key))}]]


def _readings(boxes: list[Box]) -> list[tuple[str, str]]:
    """Return by which calls boxes that are as they shall be are looked at."""
    stored = [it for it in boxes if isinstance(it, Stored)]
    together = stored if len(stored) > 1 else []
    alone = [("read", it.identity) for it in boxes if it not in together]
    return sorted([*alone, *[("list", "/boxes")][: len(together)]])


def _persist(stack: Stack, how: Disturbance, work: Callable[[], Report]) -> None:
    """Do work until it ends well, killed or not; the last times in calm."""
    chance = random.Random(how.seed)  # noqa: S311  no secret
    for attempt in count():
        calm = attempt > _CALM
        stack.cloud.trouble = drawn(how.seed + attempt, 0.0 if calm else how.share)
        fuse = chance.randrange(60) if chance.randrange(10) < how.kills and not calm else 10**9
        reports: list[Report] = []
        try:
            stack.until_killed(fuse, lambda into=reports: into.append(work()))  # type: ignore[misc]
        except FuncyardError:
            assert not calm
        if reports and reports[0].is_good:
            break
        assert not calm
    stack.cloud.trouble = lambda: None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    versions=st.lists(graphs(), min_size=1, max_size=3),
    how=st.builds(
        Disturbance,
        st.integers(0, 10**6),
        st.sampled_from([0.0, 0.1, 0.3]),
        st.integers(0, 8),
        st.sampled_from([0.0, 6.0]),
    ),
)
def test_a_disturbed_deployment_ends_as_an_undisturbed_one(
    versions: list[list[Box]], how: Disturbance
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        calm = Stack(Path(folder) / "calm", BoxCloud(hiding=how.hiding))
        stack = Stack(Path(folder) / "disturbed", BoxCloud(hiding=how.hiding), seed=how.seed)
        for boxes in versions:
            assert calm.deploy(boxes).is_good
            _persist(stack, how, lambda wanted=boxes: stack.deploy(wanted))  # type: ignore[misc]
            assert stack.cloud.shown() == calm.cloud.shown()
            assert stack.cloud.made == calm.cloud.made
            stack.fresh()
            stack.deploy(boxes)
            assert sorted(stack.cloud.calls) == _readings(boxes)
        _persist(stack, how, stack.destroy)
        assert stack.cloud.items == {}
        assert stack.state().records == {}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(boxes=graphs(), seed=st.integers(0, 10**6), latency=st.sampled_from([0.05, 0.2, 0.8]))
def test_a_deployment_takes_little_more_than_the_longest_way_through_its_graph(
    boxes: list[Box], seed: int, latency: float
) -> None:
    chance = random.Random(seed)  # noqa: S311  no secret
    plain = [box(it.address, *sorted(needed(it))) for it in boxes]
    making = {it.identity: chance.uniform(5, 250) for it in plain}
    ends: dict[str, float] = {}
    for it in Graph(plain):
        begins = max((ends[other] for other in it.depends_on), default=latency)
        ends[it.address] = begins + latency + making[it.identity] + latency
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), BoxCloud(latency=latency, making=making), seed=seed)

        stack.deploy(plain)

    assert stack.took <= 1.25 * max(ends.values(), default=0.0)


def test_fifty_resources_beside_each_other_take_as_long_as_one(tmp_path: Path) -> None:
    boxes = [box(f"b{number}") for number in range(50)]
    cloud = BoxCloud(latency=0.2, making={"*": 60.0})
    stack = Stack(tmp_path, cloud, limits=Limits(calls=16))

    stack.deploy(boxes)

    assert stack.took <= 1.25 * (60.0 + 3 * 0.2)
