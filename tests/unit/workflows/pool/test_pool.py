"""Whoever wants a worker that cannot come is told so, and not kept waiting."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.workflows.errors import EngineBusyError, WorkerStartError
from funcyard.workflows.limits import PoolLimits
from funcyard.workflows.pool.pin import Pin
from funcyard.workflows.pool.pool import Pool
from funcyard.workflows.pool.process import WorkerProcess

PIN = Pin("north", "north", "1", Path(), "/workspace/orgs/north")
AN_HOUR = 3600.0


async def nothing_starts(pin: Pin) -> WorkerProcess:
    raise WorkerStartError(f"there is no interpreter for {pin.organization}")


async def test_a_closed_pool_refuses_at_once() -> None:
    pool = Pool(PoolLimits(), nothing_starts)
    await pool.close()

    with pytest.raises(EngineBusyError):
        await pool.acquire(PIN, AN_HOUR)


async def test_a_worker_that_does_not_start_is_told_to_whoever_waits_for_it() -> None:
    pool = Pool(PoolLimits(), nothing_starts)

    with pytest.raises(WorkerStartError, match="no interpreter for north"):
        await pool.acquire(PIN, AN_HOUR)
    assert pool.waiting("north") == 0
    await pool.close()


async def test_a_caller_without_room_waits_only_for_as_long_as_it_said() -> None:
    pool = Pool(PoolLimits(workers=0), nothing_starts)

    with pytest.raises(EngineBusyError, match=r"in 0\.05 seconds"):
        await pool.acquire(PIN, 0.05)
    assert pool.waiting("north") == 0
    await pool.close()
