"""A storage that fails one request in twenty loses nothing, and nothing stays without an end."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterator

import pytest
from tests.fault_proxy import FaultProxy
from tests.integration.workflows.platform import HEAD, QUICK, Platform, platform, until

from funcyard.azure.errors import AzureFailedError
from funcyard.workflows.engine import Engine
from funcyard.workflows.executions.model import Execution, Status

CODE = f"""{HEAD}
import time

@workflow()
@param("n", type="int")
def echo(n):
    print("ran", n)
    return n
"""
_COUNT = 60


@pytest.fixture
def spoiled(connection: str) -> Iterator[str]:
    """The storage's connection string, through proxies that spoil one request in twenty."""
    with contextlib.ExitStack() as stack:
        text = connection
        for seed, url in enumerate(re.findall(r"Endpoint=(http://[^;]+)", connection)):
            proxy = FaultProxy(url, share=0.05, seed=seed, silence=0.2)
            text = text.replace(url, stack.enter_context(proxy).url)
        yield text


async def test_every_execution_that_was_taken_ends_truthfully(made: Platform, spoiled: str) -> None:
    made.publish(CODE)
    watcher = await made.engine(limits=QUICK)
    async with platform(spoiled) as troubled:
        troubled.versions = made.versions
        engines = [await troubled.engine(), await troubled.engine()]
        await troubled.host(*engines)

        async def submit(number: int, engine: Engine) -> Execution:
            while True:
                with contextlib.suppress(AzureFailedError):
                    return await engine.execute(
                        made.org, "echo", {"n": number}, caller="a", key=f"once-{number}"
                    )

        submitted = await asyncio.gather(
            *(submit(number, engines[number % 2]) for number in range(_COUNT))
        )

        async def over() -> list[Execution]:
            await asyncio.sleep(0.3)
            page = await watcher.executions.page(made.org, limit=200)
            return page.executions

        done = await until(over, lambda found: all(one.status.final for one in found))

    assert {one.id for one in done} == {one.id for one in submitted}
    assert {one.status for one in done} == {Status.SUCCESS}
    results = [await watcher.executions.result(made.org, one.id) for one in done]
    assert sorted(int(result or -1) for result in results) == list(range(_COUNT))
