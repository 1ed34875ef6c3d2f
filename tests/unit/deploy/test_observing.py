"""What is read together is read by one call, and what that does not tell is read alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.unit.deploy import virtual_time
from tests.unit.deploy.boxes import BoxCloud, Stored, Trouble, box, failed
from tests.unit.deploy.stacks import Stack

from funcyard.deploy.check import Absent, Check, Drifted, Present, check
from funcyard.deploy.graph import Graph
from funcyard.deploy.resource import Observed

pytestmark = pytest.mark.usefixtures("unsynced")


def _stored(name: str, shelf: str = "left", shape: str = "square") -> Stored:
    return Stored(name, f"/{shelf}/{name}", {"shape": shape})


_BOXES = [_stored("a"), _stored("b"), _stored("c"), _stored("d", "right"), box("e")]
_OF_EACH_SHELF = [("list", "/left"), ("read", "/boxes/e"), ("read", "/right/d")]


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    made = Stack(tmp_path / "state")
    assert made.deploy(_BOXES).is_good
    made.fresh()
    return made


def _checked(stack: Stack) -> dict[str, Check]:
    return virtual_time.run(check(stack.engine(), Graph[BoxCloud](_BOXES)))


def test_what_is_read_together_is_read_by_one_call(stack: Stack) -> None:
    assert set(_checked(stack).values()) == {Present()}
    assert sorted(stack.cloud.calls) == _OF_EACH_SHELF


def test_a_second_deployment_reads_together_too(stack: Stack) -> None:
    assert {one.what for one in stack.deploy(_BOXES).results.values()} == {"none"}
    assert sorted(stack.cloud.calls) == _OF_EACH_SHELF


def test_what_the_call_does_not_tell_is_read_alone(stack: Stack) -> None:
    stack.cloud.items["/left/a"].properties["shape"] = "bent"
    del stack.cloud.items["/left/b"]
    checked = _checked(stack)
    assert isinstance(checked["a"], Drifted)
    assert checked["b"] == Absent()
    assert {checked["c"], checked["d"], checked["e"]} == {Present()}
    alone = [("read", "/left/a"), ("read", "/left/b")]
    assert sorted(stack.cloud.calls) == sorted([*_OF_EACH_SHELF, *alone])


def test_where_the_call_fails_each_is_read_alone(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_cloud: object, _resources: object) -> Mapping[str, Observed | None]:
        raise failed(403)

    monkeypatch.setattr(Stored, "read_together", refused)
    assert set(_checked(stack).values()) == {Present()}
    assert stack.cloud.counted("read") == len(_BOXES)


def test_what_was_read_together_is_taken_away(stack: Stack) -> None:
    left = iter([Trouble.BUSY])
    stack.cloud.trouble = lambda: next(left, None)
    assert stack.destroy().is_good
    assert stack.cloud.items == {}
