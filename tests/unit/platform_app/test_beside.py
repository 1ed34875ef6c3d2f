"""Work that nobody waits for: once at a time for each scope, and again for what came meanwhile."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from funcyard.errors import FuncyardError
from funcyard.workspace.scopes import Scope

APP = Path(__file__).parents[3] / "workflows"

if TYPE_CHECKING:
    from beside import Repeated
else:
    sys.path.insert(0, str(APP))  # as the Functions worker has it
    try:
        from beside import Repeated
    finally:
        sys.path.remove(str(APP))

NORTH, SOUTH = Scope("north"), Scope("south")


class Work:
    """Notes what is begun, and goes on where it is let."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.going = asyncio.Semaphore(0)
        self.fault: Exception | None = None

    async def __call__(self, scope: Scope) -> None:
        self.begun.append(scope.name)
        await self.going.acquire()
        if self.fault is not None:
            raise self.fault

    async def settled(self) -> list[str]:
        """Return what has begun by now."""
        for _ in range(20):
            await asyncio.sleep(0)
        return self.begun


async def test_what_is_asked_for_meanwhile_is_done_once_more_however_often_it_was() -> None:
    work = Work()
    repeated = Repeated(work, 2)
    for _ in range(5):
        repeated.ask(NORTH)
        assert await work.settled() == ["north"]

    work.going.release()
    assert await work.settled() == ["north", "north"]
    work.going.release()
    assert await work.settled() == ["north", "north"]

    repeated.ask(NORTH)
    assert await work.settled() == ["north", "north", "north"]
    work.going.release()


async def test_scopes_do_not_wait_for_each_other_as_long_as_there_is_room() -> None:
    work = Work()
    repeated = Repeated(work, 2)
    for scope in (NORTH, SOUTH, Scope("west")):
        repeated.ask(scope)
    assert await work.settled() == ["north", "south"]

    work.going.release()
    assert await work.settled() == ["north", "south", "west"]
    for _ in "ab":
        work.going.release()


@pytest.mark.parametrize(
    ("fault", "traced"), [(FuncyardError("away"), False), (ValueError("a bug"), True)]
)
async def test_what_does_not_end_well_is_logged_and_can_be_asked_for_again(
    caplog: pytest.LogCaptureFixture, fault: Exception, *, traced: bool
) -> None:
    work = Work()
    work.fault = fault
    repeated = Repeated(work, 1)
    with caplog.at_level(logging.WARNING):
        repeated.ask(NORTH)
        await work.settled()
        work.going.release()
        await work.settled()
    (record,) = caplog.records
    assert str(fault) in record.getMessage()
    assert bool(record.exc_info) is traced

    repeated.ask(NORTH)
    assert await work.settled() == ["north", "north"]
    work.fault = None
    work.going.release()
