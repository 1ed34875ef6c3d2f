"""What an engine does beside the executions goes on, whatever one turn of it comes to."""

from __future__ import annotations

import asyncio

import pytest

from funcyard.azure.errors import AzureUnreachableError
from funcyard.workflows.beside import Beside


async def test_a_turn_that_fails_is_told_of_and_followed_by_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    faults: list[Exception] = [AzureUnreachableError("the storage is away"), KeyError("oops")]
    again = asyncio.Event()

    async def turn() -> None:
        if faults:
            raise faults.pop(0)
        again.set()

    beside = Beside()
    beside.every(0, turn)
    await again.wait()
    await beside.close()
    assert "the storage is away" in caplog.text
    assert "oops" in caplog.text


async def test_the_first_turn_comes_at_once_where_that_is_wanted() -> None:
    begun = asyncio.Event()

    async def turn() -> None:
        begun.set()

    beside = Beside()
    beside.every(3600, turn, at_once=True)
    await begun.wait()
    await beside.close()


async def test_closing_ends_turns_that_run() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def turn() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    beside = Beside()
    beside.every(0, turn)
    await begun.wait()
    await beside.close()
    assert ended.is_set()
