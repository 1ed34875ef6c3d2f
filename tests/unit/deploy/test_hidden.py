"""What cannot be seen before something else is in place: planned as absent, and never lost."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.unit.deploy import virtual_time
from tests.unit.deploy.boxes import Box, BoxCloud, box
from tests.unit.deploy.stacks import Stack

from funcyard.deploy.check import Undecided, check
from funcyard.deploy.graph import Graph
from funcyard.deploy.resource import HiddenYetError, Observed

pytestmark = pytest.mark.usefixtures("unsynced")

_ROLE = "/boxes/role"
_PART = "/boxes/server/part"


def _boxes() -> list[Box]:
    part = dataclasses.replace(box("part", "role"), identity=_PART)
    return [box("server"), box("role", "server"), part]


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A server, a role, and a part of the server that only the role lets anybody see."""
    seen = Box.read

    async def read(self: Box, cloud: BoxCloud) -> Observed | None:
        if self.identity == _PART and _ROLE not in cloud.items:
            raise HiddenYetError("no role lets it be read")
        return await seen(self, cloud)

    monkeypatch.setattr(Box, "read", read)
    made = Stack(tmp_path / "state")
    made.deploy(_boxes())
    made.fresh()
    return made


def test_what_is_hidden_is_found_again_once_its_role_is_there(stack: Stack) -> None:
    del stack.cloud.items[_ROLE]
    checked = virtual_time.run(check(stack.engine(), Graph(_boxes())))
    assert isinstance(checked["part"], Undecided)
    assert "no role" in checked["part"].reason

    assert stack.deploy(_boxes()).is_good
    assert (stack.cloud.made[_ROLE], stack.cloud.made[_PART]) == (2, 1)


def test_what_is_hidden_goes_with_what_it_lies_in(stack: Stack) -> None:
    del stack.cloud.items[_ROLE]
    assert stack.destroy().is_good
    assert stack.state().records == {}


def test_what_is_hidden_is_not_forgotten_while_its_server_stays(stack: Stack) -> None:
    del stack.cloud.items[_ROLE]
    with pytest.raises(HiddenYetError):
        stack.destroy(["part"])
    with pytest.raises(HiddenYetError):
        stack.deploy(_boxes()[:2])
    assert _PART in stack.state().records
    assert _PART in stack.cloud.items
