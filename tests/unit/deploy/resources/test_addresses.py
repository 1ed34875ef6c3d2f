"""The addresses of services, told by what is read."""

from __future__ import annotations

import asyncio

import pytest

from funcyard.deploy.resources.addresses import Addresses


async def test_who_asks_while_a_resource_is_read_waits_for_that_and_reads_nothing_more() -> None:
    addresses, answer = Addresses(), asyncio.Event()

    async def read() -> str:
        await answer.wait()
        return "hub.example"

    async def ask() -> str | None:
        pytest.fail("it was read twice")

    async with asyncio.TaskGroup() as group:
        reading = group.create_task(addresses.seen("/Hubs/One", read, lambda found: found))
        asking = [group.create_task(addresses.of("/hubs/one", ask)) for _ in range(3)]
        for _ in range(3):
            await asyncio.sleep(0)
        answer.set()

    assert reading.result() == "hub.example"
    assert [one.result() for one in asking] == ["hub.example"] * 3


async def test_a_resource_that_could_not_be_read_is_asked_for_its_address() -> None:
    addresses = Addresses()

    async def read() -> str:
        raise OSError("gone")

    async def ask() -> str | None:
        return "hub.example"

    with pytest.raises(OSError, match="gone"):
        await addresses.seen("/hubs/one", read, lambda found: found)

    assert await addresses.of("/hubs/one", ask) == "hub.example"
