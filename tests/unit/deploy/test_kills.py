"""Killed at any moment, then resumed, a run ends as one that nobody disturbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.unit.deploy.boxes import Box, BoxCloud, Crate, Mute, box
from tests.unit.deploy.stacks import Stack

from funcyard.deploy.apply import Report
from funcyard.deploy.refs import Json, Ref, SecretRef, Text
from funcyard.deploy.resume import NothingToResumeError

_CONNECTION = Text(("name=", Ref("a", "name"), ";key=", SecretRef("a", "key")))
_FIRST = [
    box("a", size=1),
    box("b", connection=_CONNECTION, colour="red"),
    box("c", "b"),
    box("d", "a", kind=Crate, of=Ref("b", "generation")),
    box("m", kind=Mute, key=SecretRef("a", "key")),
]
_SECOND = [
    box("a", size=2),
    box("b", connection=_CONNECTION, colour="blue"),
    box("d", "a", kind=Crate, of=Ref("b", "name"), key=SecretRef("b", "key")),
    box("e", "d", kind=Crate, colour="green"),
    box("m", kind=Mute, key=SecretRef("a", "key")),
]

pytestmark = pytest.mark.usefixtures("unsynced")


def _stacks(folder: Path, hiding: float) -> Iterator[Stack]:
    """Yield stacks without end, each in a cloud of its own."""
    number = 0
    while True:
        number += 1
        yield Stack(folder / str(number), BoxCloud(hiding=hiding))


def _end(stack: Stack, wanted: list[Box]) -> None:
    """Resume what was killed; where there is nothing to resume, nothing or all was done."""
    try:
        report = stack.resume(wanted)
    except NothingToResumeError:
        report = stack.deploy(wanted)
    assert report.is_good


def _killed_everywhere(
    stacks: Iterator[Stack], before: list[Box], work: Callable[[Stack], object]
) -> Iterator[Stack]:
    """Yield a stack killed in work at each moment at which it can be."""
    for stack, fuse in zip(stacks, range(1000), strict=False):
        if before:
            stack.deploy(before)
            stack.time.now += 60
        if not stack.until_killed(fuse, lambda stack=stack: work(stack)):  # type: ignore[misc]
            assert fuse > 10
            return
        yield stack
    pytest.fail("it was killed without end")


def _undisturbed(stacks: Iterator[Stack], *steps: list[Box]) -> dict[str, dict[str, Json]]:
    stack = next(stacks)
    for step in steps:
        stack.deploy(step)
        stack.time.now += 60
    return stack.cloud.shown()


@pytest.mark.parametrize("hiding", [0.0, 8.0])
@pytest.mark.parametrize("before", [[], _FIRST], ids=["made", "changed"])
def test_a_deployment_killed_at_any_moment_is_resumed_to_its_end(
    tmp_path: Path, before: list[Box], hiding: float
) -> None:
    stacks = _stacks(tmp_path, hiding)
    wanted = _SECOND if before else _FIRST
    expected = _undisturbed(stacks, *([before] if before else []), wanted)

    for stack in _killed_everywhere(stacks, before, lambda stack: stack.deploy(wanted)):
        _end(stack, wanted)
        assert stack.cloud.shown() == expected
        assert sorted(stack.state().records) == sorted(expected)
        assert stack.cloud.made.total() == len(_FIRST) + (2 if before else 0)
        stack.fresh()
        stack.deploy(wanted)
        assert sorted(stack.cloud.calls) == sorted(("read", identity) for identity in expected)


@pytest.mark.parametrize("hiding", [0.0, 8.0])
def test_a_stack_whose_making_was_killed_is_taken_away_whole(tmp_path: Path, hiding: float) -> None:
    stacks = _stacks(tmp_path, hiding)

    for stack in _killed_everywhere(stacks, [], lambda stack: stack.deploy(_FIRST)):
        assert stack.destroy().is_good
        assert stack.cloud.items == {}
        assert stack.state().records == {}


def test_a_destruction_killed_at_any_moment_is_resumed_to_its_end(tmp_path: Path) -> None:
    stacks = _stacks(tmp_path, 0.0)

    for stack in _killed_everywhere(stacks, _FIRST, lambda stack: stack.destroy()):
        if stack.state().unended is not None:
            assert stack.resume([]).is_good
        assert stack.destroy().is_good
        assert stack.cloud.items == {}


def test_the_destruction_of_a_part_is_resumed_as_that(tmp_path: Path) -> None:
    stacks = _stacks(tmp_path, 0.0)

    for stack in _killed_everywhere(stacks, _FIRST, lambda stack: stack.destroy(["c", "d"])):
        with suppress(NothingToResumeError):
            assert stack.resume(_FIRST).is_good
        assert stack.destroy(["c", "d"]).is_good
        assert sorted(stack.cloud.items) == ["/boxes/a", "/boxes/b", "/boxes/m"]


def test_the_deployment_of_a_part_is_resumed_as_that(tmp_path: Path) -> None:
    stacks = _stacks(tmp_path, 0.0)
    expected = _undisturbed(stacks, _FIRST)

    def part(stack: Stack) -> Report:
        return stack.deploy(_SECOND, part=["a"])

    for stack in _killed_everywhere(stacks, _FIRST, part):
        with suppress(NothingToResumeError):
            assert stack.resume(_SECOND).is_good
        part(stack)
        shown = stack.cloud.shown()
        assert shown.pop("/boxes/a") != expected["/boxes/a"]
        assert shown == {one: what for one, what in expected.items() if one != "/boxes/a"}


def test_a_part_that_is_deployed_well_leaves_the_rest_of_a_whole_run_to_be_resumed(
    tmp_path: Path,
) -> None:
    stacks = _stacks(tmp_path, 0.0)
    wanted = [box("a"), box("b", "a")]
    expected = _undisturbed(stacks, wanted)

    for stack in _killed_everywhere(stacks, [], lambda stack: stack.deploy(wanted)):
        left = stack.state().unended
        assert stack.deploy(wanted, part=["a"]).is_good
        assert stack.state().unended == left
        _end(stack, wanted)
        assert stack.cloud.shown() == expected
        assert stack.state().unended is None


def test_what_may_be_taken_over_is_remembered(tmp_path: Path) -> None:
    stack, other = Stack(tmp_path / "one"), Stack(tmp_path / "other", name="other")
    other.cloud = stack.cloud
    other.deploy([box("a", colour="red")])

    wanted = [box("a", colour="blue")]
    fuses = iter(range(1, 20))
    while stack.state().unended is None:
        assert stack.until_killed(next(fuses), lambda: stack.deploy(wanted, adopt=["a"]))

    assert stack.resume(wanted).is_good


def test_what_a_killed_run_made_and_is_wanted_no_more_goes(tmp_path: Path) -> None:
    stacks = _stacks(tmp_path, 0.0)

    for stack in _killed_everywhere(stacks, [], lambda stack: stack.deploy(_FIRST)):
        stack.deploy([box("z")])
        assert sorted(stack.cloud.items) == ["/boxes/z"]


def test_a_run_that_ended_has_nothing_to_resume(tmp_path: Path) -> None:
    stack = Stack(tmp_path)
    stack.deploy(_FIRST)

    with pytest.raises(NothingToResumeError):
        stack.resume(_FIRST)
