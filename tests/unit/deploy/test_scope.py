"""A part of a stack is deployed or taken away, and the rest stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.deploy import virtual_time
from tests.unit.deploy.boxes import box
from tests.unit.deploy.stacks import Stack

from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import StillNeededError, destroy, plan_destroy
from funcyard.deploy.graph import Graph

pytestmark = pytest.mark.usefixtures("unsynced")

_BOXES = [box("l0.a"), box("l1.b", "l0.a", colour="red"), box("l2.c", "l1.b")]
_WHOLE = Graph(_BOXES)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return Stack(tmp_path / "state")


def _in_layer_one(address: str) -> bool:
    return address.startswith("l1.")


def _in_layer_two(address: str) -> bool:
    return address.startswith("l2.")


def test_a_part_of_a_graph_holds_what_it_depends_on() -> None:
    assert list(_WHOLE.part(["l1.b"]).resources) == ["l0.a", "l1.b"]


def test_a_part_is_deployed_with_what_it_needs(stack: Stack) -> None:
    part = _WHOLE.part(["l1.b"])

    virtual_time.run(deploy(stack.engine(), part, scope=_in_layer_one))

    assert sorted(stack.cloud.items) == ["/boxes/l0.a", "/boxes/l1.b"]


def test_what_is_outside_the_part_is_not_taken_away(stack: Stack) -> None:
    stack.deploy(_BOXES)
    changed = Graph([box("l0.a"), box("l1.new", "l0.a")])

    planned = virtual_time.run(plan(stack.engine(), changed, scope=_in_layer_one))

    assert planned.counts() == {Action.NONE: 1, Action.CREATE: 1, Action.DELETE: 1}
    assert "/boxes/l2.c" not in planned.steps


def test_a_part_is_taken_away_alone(stack: Stack) -> None:
    stack.deploy(_BOXES)

    virtual_time.run(destroy(stack.engine(), scope=_in_layer_two))

    assert sorted(stack.cloud.items) == ["/boxes/l0.a", "/boxes/l1.b"]
    assert sorted(stack.state().records) == ["/boxes/l0.a", "/boxes/l1.b"]


def test_what_is_still_needed_is_not_taken_away(stack: Stack) -> None:
    stack.deploy(_BOXES)

    with pytest.raises(StillNeededError, match=r"l2\.c needs l1\.b"):
        virtual_time.run(plan_destroy(stack.engine(), scope=_in_layer_one))
    assert len(stack.cloud.items) == 3
