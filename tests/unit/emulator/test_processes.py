"""Processes of the local Azure end when they are asked to, and are killed where they do not."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from typing import cast

import pytest

from funcyard.emulator import processes

_STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
_RUNS = "print('runs', flush=True); input()"


async def _started(code: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", code, stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"runs\n"
    return process


async def test_a_process_that_ends_when_it_is_asked_to_was_not_killed() -> None:
    process = await _started(_RUNS)

    assert await processes.end(process, 30)

    assert process.returncode is not None
    assert await processes.end(process, 30), "to end it again is no error"


async def test_a_process_that_does_not_end_is_killed_and_that_is_told() -> None:
    process = await _started(_STUBBORN + _RUNS)

    assert not await processes.end(process, 0.1)

    assert process.returncode is not None
    assert process.returncode < 0


async def test_who_was_cancelled_ends_a_process_while_cleaning_up_as_anybody_does() -> None:
    process = await _started(_STUBBORN + _RUNS)
    was_asked: list[bool] = []

    async def keep() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            was_asked.append(await processes.end(process, 0.1))

    keeping = asyncio.create_task(keep(), name="keeping")
    await asyncio.sleep(0)
    keeping.cancel()

    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert was_asked == [False]
    assert process.returncode is not None


async def test_who_is_cancelled_when_a_process_ends_does_not_go_on() -> None:
    """Both come in one moment, which no real process can be made to choose."""
    process = _Ending()
    waiting = asyncio.create_task(
        processes.end(cast("asyncio.subprocess.Process", process), 30), name="waiting"
    )
    await process.asked.wait()

    process.ended.set_result(0)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


class _Ending:
    """A process that ends when the test says so."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def terminate(self) -> None:
        pass

    async def wait(self) -> int:
        self.asked.set()
        return await self.ended
