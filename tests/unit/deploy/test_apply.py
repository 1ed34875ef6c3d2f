"""A deployment brings a stack to what is wanted, in the order of its graph, and no further."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.deploy import virtual_time
from tests.unit.deploy.boxes import Box, BoxCloud, Crate, Item, Slow, Trouble, box, failed
from tests.unit.deploy.stacks import Stack

from funcyard.azure.errors import AzureRefusedError, AzureUnreachableError
from funcyard.deploy.apply import Report, deploy, plan
from funcyard.deploy.deciding import Action
from funcyard.deploy.engine import Limits
from funcyard.deploy.events import Stage
from funcyard.deploy.graph import Graph
from funcyard.deploy.ownership import STACK_TAG, ForeignResourceError, tags_of
from funcyard.deploy.records import Unended
from funcyard.deploy.refs import Ref, SecretRef, Text
from funcyard.deploy.waiting import ResourceFailedError, TooSlowError

_CONNECTION = Text(("name=", Ref("a", "name"), ";key=", SecretRef("a", "key")))


pytestmark = pytest.mark.usefixtures("unsynced")


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return Stack(tmp_path / "state")


def test_outputs_and_secrets_reach_what_needs_them(stack: Stack) -> None:
    report = stack.deploy([box("b", connection=_CONNECTION), box("a", colour="red")])

    assert report.is_good
    assert stack.cloud.shown() == {
        "/boxes/a": {"colour": "red"},
        "/boxes/b": {"connection": "name=/boxes/a;key=key-1"},
    }
    assert stack.cloud.items["/boxes/b"].tags == tags_of("s", "b")
    assert "key-1" not in (stack.folder / "state.json").read_text()


def test_a_second_deployment_writes_nothing_and_reads_each_once(stack: Stack) -> None:
    boxes = [box("a"), box("b", connection=_CONNECTION), box("c", "b")]
    stack.deploy(boxes)
    stack.fresh()

    assert stack.deploy(boxes).is_good
    assert sorted(stack.cloud.calls) == [("read", f"/boxes/{name}") for name in "abc"]


def test_only_what_changed_is_written(stack: Stack) -> None:
    stack.deploy([box("a", colour="red"), box("b", "a", colour="red")])
    stack.fresh()

    stack.deploy([box("a", colour="red"), box("b", "a", colour="blue")])

    assert [call for call in stack.cloud.calls if call[0] != "read"] == [("update", "/boxes/b")]


def test_what_changed_behind_its_back_is_mended(stack: Stack) -> None:
    boxes = [box("a", colour="red")]
    stack.deploy(boxes)
    stack.cloud.items["/boxes/a"].properties["colour"] = "blue"

    stack.deploy(boxes)

    assert stack.cloud.shown() == {"/boxes/a": {"colour": "red"}}


def test_a_replaced_resource_gives_new_outputs_and_secrets_to_what_needs_them(stack: Stack) -> None:
    stack.deploy([box("a", size=1), box("b", connection=_CONNECTION)])
    stack.deploy([box("a", size=2), box("b", connection=_CONNECTION)])

    assert stack.cloud.items["/boxes/a"].generation == 2
    assert stack.cloud.shown()["/boxes/b"] == {"connection": "name=/boxes/a;key=key-2"}
    stack.fresh()
    stack.deploy([box("a", size=2), box("b", connection=_CONNECTION)])
    assert (stack.cloud.writes, stack.cloud.counted("secrets")) == (0, 0)


def test_what_went_with_a_replaced_resource_is_made_again(stack: Stack) -> None:
    @dataclasses.dataclass(frozen=True)
    class House(Box):
        async def destroy(self, cloud: BoxCloud) -> None:
            await super().destroy(cloud)
            cloud.items.pop("/boxes/b", None)
            cloud.items.pop("/boxes/c", None)

    stack.deploy([box("a", kind=House, size=1), box("b", "a"), box("c", "b")])

    report = stack.deploy([box("a", kind=House, size=2), box("b", "a"), box("c", "b")])

    assert report.is_good
    assert sorted(stack.cloud.items) == ["/boxes/a", "/boxes/b", "/boxes/c"]


def test_what_lay_in_a_replaced_resource_is_told_as_planned(stack: Stack) -> None:
    @dataclasses.dataclass(frozen=True)
    class House(Box):
        async def destroy(self, cloud: BoxCloud) -> None:
            await super().destroy(cloud)
            cloud.items.pop("/boxes/a/b", None)

    part = Box("b", "/boxes/a/b", {}, ("a",))
    stack.deploy([box("a", kind=House, size=1), part])
    again = [box("a", kind=House, size=2), part]
    planned = virtual_time.run(plan(stack.engine(), Graph(again)))

    report = stack.deploy(again)

    assert planned.counts() == {Action.REPLACE: 2}
    assert {result.what for result in report.results.values()} == {"replace"}
    assert stack.cloud.made["/boxes/a/b"] == 2


def test_an_update_whose_secret_proves_to_be_the_same_is_not_made(stack: Stack) -> None:
    stack.deploy([box("a", colour="red"), box("b", key=SecretRef("a", "key"))])
    stack.fresh()

    stack.deploy([box("a", colour="blue"), box("b", key=SecretRef("a", "key"))])

    assert [call for call in stack.cloud.calls if call[0] == "update"] == [("update", "/boxes/a")]
    stack.fresh()
    stack.deploy([box("a", colour="blue"), box("b", key=SecretRef("a", "key"))])
    assert stack.cloud.counted("secrets") == 0


def test_what_is_wanted_no_more_goes_after_what_needed_it(stack: Stack) -> None:
    stack.deploy([box("a"), box("b", "a"), box("c", "b")])
    stack.fresh()

    stack.deploy([])

    destroyed = [identity for call, identity in stack.cloud.calls if call == "destroy"]
    assert destroyed == ["/boxes/c", "/boxes/b", "/boxes/a"]
    assert stack.state().records == {}


def test_a_failure_lets_other_branches_end_and_blocks_what_depends_on_it(stack: Stack) -> None:
    @dataclasses.dataclass(frozen=True)
    class Refused(Box):
        async def create(self, cloud: BoxCloud, wanted: object) -> None:  # noqa: ARG002
            raise failed(400, {"x-ms-request-id": "r-1"}, code="SkuNotAvailable")

    report = stack.deploy([box("a", kind=Refused), box("b", "a"), box("c", "b"), box("d")])

    assert sorted(stack.cloud.items) == ["/boxes/d"]
    assert report.blocked() == ("b", "c")
    (failure,) = report.failures().values()
    assert isinstance(failure, AzureRefusedError)
    assert failure.message == "a: creating: status 400 (SkuNotAvailable, 400), request r-1"
    assert failure.hint == "choose another size or region"
    stages = {(event.address, event.stage, event.detail) for event in stack.events}
    assert ("c", Stage.BLOCKED, "by b") in stages
    assert stack.state().unended == Unended("deploy")
    assert sorted(stack.state().records) == ["/boxes/d"]


@pytest.mark.parametrize("trouble", list(Trouble))
@pytest.mark.parametrize("kind", [Box, Crate, Slow])
@pytest.mark.parametrize("nth", range(1, 9))
def test_trouble_with_any_one_call_changes_nothing_of_the_outcome(
    stack: Stack, trouble: Trouble, kind: type[Box], nth: int
) -> None:
    left = [nth]

    def once() -> Trouble | None:
        left[0] -= 1
        return trouble if left[0] == 0 else None

    stack.cloud.trouble = once
    stack.cloud.hiding = 5

    for boxes in ([box("a", kind=kind, colour="red")], [box("a", kind=kind, colour="blue")], []):
        assert stack.deploy(boxes).is_good
        assert stack.cloud.shown() == {b.identity: b.properties for b in boxes}
    assert stack.cloud.made.total() == 1


def test_a_cloud_that_asks_for_time_gets_it(stack: Stack) -> None:
    troubles = [None, Trouble.THROTTLED]
    stack.cloud.trouble = lambda: troubles.pop(0) if troubles else None

    stack.deploy([box("a")])

    assert 3.0 <= stack.took <= 3.3
    assert Stage.RETRYING in {event.stage for event in stack.events}


def test_a_cloud_that_never_answers_is_given_up_within_the_budget(stack: Stack) -> None:
    stack.cloud.trouble = lambda: Trouble.BUSY

    with pytest.raises(AzureUnreachableError, match="a: reading"):
        stack.deploy([box("a")])


def test_an_operation_is_asked_after_when_the_cloud_says(stack: Stack) -> None:
    stack.deploy([box("a", kind=Slow)])

    assert stack.cloud.counted("poll") == 4
    assert 21.0 <= stack.took <= 24.0


def test_a_cloud_that_lets_come_back_at_once_is_waited_for_all_the_same(stack: Stack) -> None:
    stack.cloud.retry_after = 0.0

    assert stack.deploy([box("a", kind=Slow)]).is_good

    assert stack.cloud.counted("poll") < 40
    assert stack.engine().pause(1, asked=0.0) > 0


def test_an_operation_is_asked_after_in_time_though_the_cloud_says_later(stack: Stack) -> None:
    stack.cloud.retry_after = 5000.0

    assert stack.deploy([box("a", kind=Slow)]).is_good

    assert stack.cloud.counted("poll") == 2
    assert stack.took == Slow.timeout


def test_what_is_not_ready_in_time_is_told_and_found_ready_later(stack: Stack) -> None:
    stack.cloud.making["*"] = 1000.0

    report = stack.deploy([box("a"), box("b", "a")])

    (failure,) = report.failures().values()
    assert isinstance(failure, TooSlowError)
    assert failure.message == "a: waited up to 300 seconds for it to be ready"
    stack.cloud.making.clear()
    stack.cloud.items["/boxes/a"].ready_at = 0
    assert stack.deploy([box("a"), box("b", "a")]).is_good
    assert stack.cloud.made.total() == 2


def test_what_went_wrong_in_the_cloud_is_told_and_written_again(stack: Stack) -> None:
    stack.cloud.hiding = 10

    @dataclasses.dataclass(frozen=True)
    class Failing(Box):
        async def create(self, cloud: BoxCloud, wanted: object) -> None:  # noqa: ARG002
            cloud.items[self.identity] = Item({}, tags_of("s", "a"), 1, fault="no capacity")

    report = stack.deploy([box("a", kind=Failing)])

    (failure,) = report.failures().values()
    assert isinstance(failure, ResourceFailedError)
    assert failure.message == "a: no capacity"
    assert stack.deploy([box("a")]).is_good
    assert stack.cloud.items["/boxes/a"].fault is None


def test_a_name_that_is_taken_is_told_at_once_also_by_a_later_run(stack: Stack) -> None:
    @dataclasses.dataclass(frozen=True)
    class Taken(Box):
        async def create(self, cloud: BoxCloud, wanted: object) -> None:  # noqa: ARG002
            raise (
                failed(500)
                if cloud.counted("read") < 2
                else failed(409, code="StorageAccountAlreadyTaken")
            )

    stack.limits = Limits(patience=0)
    stack.deploy([box("a", kind=Taken)])
    report = stack.deploy([box("a", kind=Taken)])

    (failure,) = report.failures().values()
    assert failure.hint == "the name is taken in all of Azure; choose another"
    assert stack.took < 1


def test_a_lost_answer_that_alone_tells_of_the_end_is_asked_for_again(stack: Stack) -> None:
    troubles = [None, Trouble.LOST]
    stack.cloud.trouble = lambda: troubles.pop(0) if troubles else None

    assert stack.deploy([box("a", kind=Slow)]).is_good

    assert (stack.cloud.made.total(), stack.cloud.counted("update")) == (1, 1)


def test_a_name_that_another_takes_meanwhile_is_not_taken_for_ours(stack: Stack) -> None:
    @dataclasses.dataclass(frozen=True)
    class Raced(Crate):
        async def create(self, cloud: BoxCloud, wanted: object) -> None:  # noqa: ARG002
            cloud.items[self.identity] = Item({"theirs": True}, None, 1)
            raise failed(409, code="BoxAlreadyExists")

    report = stack.deploy([box("a", kind=Raced)])

    assert [type(failure) for failure in report.failures().values()] == [AzureRefusedError]
    with pytest.raises(ForeignResourceError):
        stack.deploy([box("a", kind=Crate)])
    assert stack.cloud.shown() == {"/boxes/a": {"theirs": True}}


def test_what_another_stack_made_while_our_answer_was_lost_is_left_alone(stack: Stack) -> None:
    @dataclasses.dataclass(frozen=True)
    class Raced(Box):
        async def create(self, cloud: BoxCloud, wanted: object) -> None:  # noqa: ARG002
            cloud.items[self.identity] = Item({}, {STACK_TAG: "theirs"}, 1)
            raise failed(500)

    report = stack.deploy([box("a", kind=Raced, colour="red")])

    assert [type(failure) for failure in report.failures().values()] == [ForeignResourceError]
    assert stack.cloud.shown() == {"/boxes/a": {}}


def test_what_is_adopted_bears_our_tags_and_goes_with_the_stack(stack: Stack) -> None:
    stack.cloud.items["/boxes/a"] = Item({"colour": "red"}, {}, 1)

    with pytest.raises(ForeignResourceError):
        stack.deploy([box("a", colour="red")])
    stack.deploy([box("a", colour="red")], adopt=["a"])

    assert stack.cloud.items["/boxes/a"].tags == tags_of("s", "a")
    assert stack.cloud.made.total() == 0
    stack.deploy([])
    assert stack.cloud.items == {}


def test_a_lost_state_is_found_again_by_tags(stack: Stack, tmp_path: Path) -> None:
    stack.deploy([box("a", colour="red")])
    stack.folder = tmp_path / "new"
    stack.fresh()

    stack.deploy([box("a", colour="red")])

    assert stack.cloud.writes == 0
    assert list(stack.state().records) == ["/boxes/a"]


def test_calls_at_once_are_bounded_and_waiting_is_not(stack: Stack) -> None:
    stack.limits = Limits(calls=2)
    stack.cloud.latency, stack.cloud.making["*"] = 1.0, 60.0

    stack.deploy([box(f"b{number}") for number in range(20)])

    # Two at a time: each second holds two calls at most, and one box's wait no other's call.
    calls = len(stack.cloud.calls)
    assert calls / 2 <= stack.took <= calls / 2 + 60


def test_nothing_is_done_without_approval(stack: Stack) -> None:
    graph = Graph([box("a")])

    report = virtual_time.run(deploy(stack.engine(), graph, approve=lambda plan: not plan.writes))

    assert report is None
    assert stack.cloud.items == {}
    assert stack.state().unended is None


def _deploy_changed_after_the_plan(
    stack: Stack, boxes: list[Box], change: Callable[[], object]
) -> Report:
    def approve(_plan: object) -> bool:
        change()
        return True

    work = deploy(stack.engine(), Graph[BoxCloud](boxes), approve=approve)
    report = virtual_time.run(work)
    assert report is not None
    return report


def test_what_another_took_over_after_the_plan_is_left_alone(stack: Stack) -> None:
    stack.deploy([box("a", colour="red")])
    item = stack.cloud.items["/boxes/a"]

    for wanted in (box("a", colour="blue"), box("a", colour="red", size=2)):
        report = _deploy_changed_after_the_plan(
            stack, [wanted], lambda: setattr(item, "tags", {STACK_TAG: "theirs"})
        )
        assert [type(one) for one in report.failures().values()] == [ForeignResourceError]
        assert stack.cloud.items == {"/boxes/a": item}
        assert item.properties == {"colour": "red"}
        item.tags = tags_of("s", "a")


def test_what_went_after_the_plan_is_made_again_with_what_lay_in_it(stack: Stack) -> None:
    inside = dataclasses.replace(box("b", "a"), identity="/boxes/a/b")
    stack.deploy([box("a", colour="red"), inside])

    wanted = [box("a", colour="blue"), inside]
    assert _deploy_changed_after_the_plan(stack, wanted, stack.cloud.items.clear).is_good

    assert stack.cloud.shown() == {"/boxes/a": {"colour": "blue"}, "/boxes/a/b": {}}
