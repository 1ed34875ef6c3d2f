"""A stack is taken away by its state alone, in reverse, past failures, and nothing of others'."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.unit.deploy import virtual_time
from tests.unit.deploy.boxes import Box, BoxCloud, box, failed
from tests.unit.deploy.stacks import Stack

from funcyard.azure.errors import AzureRefusedError
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import destroy, plan_destroy
from funcyard.deploy.ownership import STACK_TAG

pytestmark = pytest.mark.usefixtures("unsynced")


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    made = Stack(tmp_path / "state")
    made.deploy([box("a"), box("b", "a"), box("c", "b"), box("d")])
    made.fresh()
    return made


def test_everything_goes_and_each_before_what_it_needed(stack: Stack) -> None:
    assert stack.destroy().is_good

    destroyed = [identity for call, identity in stack.cloud.calls if call == "destroy"]
    assert [name for name in destroyed if name != "/boxes/d"] == [
        "/boxes/c",
        "/boxes/b",
        "/boxes/a",
    ]
    assert stack.cloud.items == {}
    assert stack.state().records == {}
    assert stack.state().unended is None


def test_what_goes_along_with_something_else_is_forgotten_without_a_call(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Box, "goes_along", True)

    assert stack.destroy().is_good

    assert stack.cloud.writes == 0
    assert stack.state().records == {}


def test_the_plan_of_it_changes_nothing(stack: Stack) -> None:
    plan = virtual_time.run(plan_destroy(stack.engine()))

    assert plan.counts() == {Action.DELETE: 4}
    assert stack.cloud.writes == 0


def test_a_failure_keeps_what_was_needed_and_the_rest_goes(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(self: Box, cloud: BoxCloud) -> None:
        if self.address == "b":
            raise failed(409, code="ScopeLocked")
        cloud.items.pop(self.identity)

    with monkeypatch.context() as locked:
        locked.setattr(Box, "destroy", refused)
        report = stack.destroy()

    (failure,) = report.failures().values()
    assert isinstance(failure, AzureRefusedError)
    assert failure.hint == "a lock protects it: az lock list, and delete the lock"
    assert report.blocked() == ("a",)
    assert sorted(stack.cloud.items) == ["/boxes/a", "/boxes/b"]
    assert stack.resume([]).is_good
    assert stack.cloud.items == {}


def test_what_is_gone_already_is_no_fault(stack: Stack) -> None:
    del stack.cloud.items["/boxes/b"]

    assert stack.destroy().is_good
    assert stack.cloud.items == {}


def test_what_another_stack_took_over_stays(stack: Stack) -> None:
    stack.cloud.items["/boxes/d"] = dataclasses.replace(
        stack.cloud.items["/boxes/d"], tags={STACK_TAG: "theirs"}
    )

    assert stack.destroy().is_good
    assert sorted(stack.cloud.items) == ["/boxes/d"]
    assert stack.state().records == {}


def test_what_another_stack_took_over_after_the_plan_stays(stack: Stack) -> None:
    def approve(_plan: object) -> bool:
        stack.cloud.items["/boxes/d"].tags = {STACK_TAG: "theirs"}
        return True

    report = virtual_time.run(destroy(stack.engine(), approve=approve))

    assert report is not None
    assert report.results["/boxes/d"].what == "forget"
    assert sorted(stack.cloud.items) == ["/boxes/d"]
    assert stack.state().records == {}
