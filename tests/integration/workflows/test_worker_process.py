"""A worker process by itself, without an engine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psutil
import pytest
from tests.integration.host.host_app import until

from funcyard.workflows.limits import WorkerLimits
from funcyard.workflows.pool.compiled import CompiledCode
from funcyard.workflows.pool.pin import Pin
from funcyard.workflows.pool.process import WorkerProcess

if TYPE_CHECKING:
    from pathlib import Path

SLOW = """
import pathlib, time
pathlib.Path(__file__).with_name("loading").touch()
time.sleep(3600)
"""


async def test_a_loop_that_cancels_all_its_tasks_is_not_kept_by_a_worker_that_loads(
    tmp_path: Path,
) -> None:
    folder, own = tmp_path / "version", tmp_path / "own"
    folder.mkdir()
    own.mkdir()
    (folder / "slow.py").write_text(SLOW, encoding="utf-8")
    pin = Pin("north", "north", "1", folder, "/workspace/orgs/north")
    before = psutil.Process().children()
    compiled = CompiledCode(tmp_path / "compiled")
    starting = asyncio.create_task(WorkerProcess.start(pin, WorkerLimits(), own, compiled))
    await until((folder / "loading").exists)
    (child,) = set(psutil.Process().children()) - set(before)

    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(starting, 30)
    await until(lambda: not child.is_running())
    await asyncio.sleep(0.1)  # the loop hears of it
