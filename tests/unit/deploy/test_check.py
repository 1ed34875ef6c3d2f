"""A check tells how every resource is, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.deploy import virtual_time
from tests.unit.deploy.boxes import Box, BoxCloud, Crate, Item, box, failed
from tests.unit.deploy.stacks import Stack

from funcyard.deploy.check import Absent, Check, Drifted, Present, Undecided, check
from funcyard.deploy.diff import HIDDEN, Difference
from funcyard.deploy.graph import Graph
from funcyard.deploy.ownership import STACK_TAG
from funcyard.deploy.refs import Ref, SecretRef
from funcyard.deploy.resource import Observed

_BOXES = [box("a", colour="red"), box("b", of=Ref("a", "name"), key=SecretRef("a", "key"))]

pytestmark = pytest.mark.usefixtures("unsynced")


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    made = Stack(tmp_path / "state")
    made.deploy(_BOXES)
    made.fresh()
    return made


def _checked(stack: Stack) -> dict[str, Check]:
    return virtual_time.run(check(stack.engine(), Graph(_BOXES)))


def test_what_is_as_it_was_deployed_is_present_by_one_reading_of_each(stack: Stack) -> None:
    assert _checked(stack) == {"a": Present(), "b": Present()}
    assert sorted(stack.cloud.calls) == [("read", "/boxes/a"), ("read", "/boxes/b")]


def test_what_changed_behind_its_back_has_drifted_and_secrets_stay_hidden(stack: Stack) -> None:
    stack.cloud.items["/boxes/a"].properties["colour"] = "blue"
    stack.cloud.items["/boxes/b"].properties["key"] = "hunter2"

    assert _checked(stack) == {
        "a": Drifted((Difference(("colour",), "blue", "red"),)),
        "b": Drifted((Difference(("key",), HIDDEN, HIDDEN),)),
    }


def test_what_is_gone_is_absent_and_what_needed_it_is_judged_by_the_record(stack: Stack) -> None:
    del stack.cloud.items["/boxes/a"]

    assert _checked(stack) == {"a": Absent(), "b": Present()}


def test_before_the_first_deployment_everything_is_absent(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "state")

    assert _checked(stack) == {"a": Absent(), "b": Absent()}
    assert not stack.folder.exists()


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (Item({"colour": "red"}, {STACK_TAG: "x"}, 1), "it belongs to the stack x"),
        (Item({}, {STACK_TAG: "s"}, 1, ready_at=9e9), "it is not ready yet"),
        (Item({}, {STACK_TAG: "s"}, 1, fault="no capacity"), "it failed: no capacity"),
    ],
)
def test_what_cannot_be_told_says_why(stack: Stack, item: Item, reason: str) -> None:
    stack.cloud.items["/boxes/a"] = item

    assert _checked(stack)["a"] == Undecided(reason)


def test_what_cannot_be_read_is_undecided_and_the_rest_is_told(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Box.read

    async def refused(self: Box, cloud: BoxCloud) -> Observed | None:
        if self.address == "a":
            raise failed(403)
        return await read(self, cloud)

    monkeypatch.setattr(Box, "read", refused)

    assert _checked(stack) == {"a": Undecided("a: reading: status 403 (403)"), "b": Present()}


def test_an_output_that_nobody_knows_leaves_it_undecided(stack: Stack, tmp_path: Path) -> None:
    stack.folder = tmp_path / "lost"
    del stack.cloud.items["/boxes/a"]

    assert _checked(stack)["b"] == Undecided("nobody knows ${a.name} yet")


def test_a_foreign_resource_of_a_type_without_tags_is_undecided(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "state")
    stack.cloud.items["/boxes/a"] = Item({}, None, 1)
    graph = Graph([box("a", kind=Crate)])

    assert virtual_time.run(check(stack.engine(), graph)) == {
        "a": Undecided("it belongs to another owner")
    }
