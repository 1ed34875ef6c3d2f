"""Workflows: from the call to the first line of code, warm, and twenty executions a second.

One engine on a real Azurite, one organisation, a workflow that does next to nothing. *Sync* counts
from the call of ``execute`` to the moment at which the function is entered (both by this machine's
clock); *async* from the moment at which the message is handed to the engine. The peer starts
nothing ahead: a new Python for each execution, from before its start to its first line. The rate is
held for a minute, half sync, half async, started by the clock and not by the answers.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.machinery import print_ratio, print_value
from tests.integration.host.host_app import new_key
from tests.integration.workflows.platform import HEAD, Platform, platform

from funcyard.host.azurite.locate import Places, find
from funcyard.host.azurite.process import AzuriteProcess, Ports
from funcyard.host.events import Events
from funcyard.workflows.engine import Engine
from funcyard.workflows.executions.model import Status
from funcyard.workflows.limits import EngineLimits

_CODE = f"{HEAD}import time\n@workflow()\ndef entered():\n    return time.time()\n"
_WARM_UP = 30
_RUNS = 300
_PEER_RUNS = 100
_RATE = 20
_SECONDS = 60
_PATIENCE = 60.0


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as text:
        asyncio.run(_measure(Path(text)))


async def _measure(folder: Path) -> None:
    azurite = find(
        Places(
            prefix=Path(sys.prefix),
            data_home=Path.home() / ".local" / "share",
            search_path="/usr/local/bin:/usr/bin:/bin",
        )
    )
    process = AzuriteProcess(
        azurite, location=folder / "azurite", key=new_key(), ports=Ports(), events=Events()
    )
    await process.start()
    try:
        async with platform(process.connection_string) as made:
            made.publish(_CODE)
            engine = await made.engine(limits=EngineLimits())
            await engine.published(made.org)
            await _latency(made, engine)
            await _rate(made, engine)
    finally:
        await process.stop()


async def _latency(made: Platform, engine: Engine) -> None:
    sync = [await _sync(made, engine) for _ in range(_WARM_UP + _RUNS)][_WARM_UP:]
    _print("execution start, warm, sync", sync)
    _print_peer(sync, [_new_python() for _ in range(_WARM_UP + _PEER_RUNS)][_WARM_UP:])
    queued = [await _async(made, engine) for _ in range(_WARM_UP + _RUNS)][_WARM_UP:]
    _print("execution start, warm, async from dequeue", queued)


async def _sync(made: Platform, engine: Engine) -> float:
    began = time.time()
    execution = await engine.execute(made.org, "entered", {}, caller="bench", mode="sync")
    return await _entered(made, engine, execution.id) - began


def _new_python() -> float:
    began = time.time()
    command = [sys.executable, "-c", "import time; print(time.time())"]
    return float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout) - began


async def _async(made: Platform, engine: Engine) -> float:
    execution = await engine.execute(made.org, "entered", {}, caller="bench")
    message = json.dumps({"organization": made.org, "execution": execution.id})
    began = time.time()
    await engine.handle(message)
    return await _entered(made, engine, execution.id) - began


async def _entered(made: Platform, engine: Engine, execution: str) -> float:
    return float(await engine.executions.result(made.org, execution) or "nan")


async def _rate(made: Platform, engine: Engine) -> None:
    await made.host(engine)
    began = time.monotonic()
    calls = []
    for number in range(_RATE * _SECONDS):
        await asyncio.sleep(max(0.0, began + number / _RATE - time.monotonic()))
        mode = ("sync", "async")[number % 2]
        call = engine.execute(made.org, "entered", {}, caller="rate", mode=mode)
        calls.append(asyncio.create_task(call))
    started = time.monotonic() - began
    executions = await asyncio.gather(*calls)
    over = 0
    deadline = time.monotonic() + _PATIENCE
    while over < len(executions) and time.monotonic() < deadline:
        page = await engine.executions.page(
            made.org, status=Status.SUCCESS, caller="rate", limit=len(executions)
        )
        over = len(page.executions)
        await asyncio.sleep(0.2)
    took = time.monotonic() - began
    what = f"{_RATE} executions/s for {_SECONDS} s"
    print_value(f"{what}: asked for", f"{len(executions) / started:.1f}/s", target=f"{_RATE}/s")
    print_value(f"{what}: succeeded", f"{over:,}", target=f"{len(executions):,}")
    print_value(f"{what}: the last was over after", f"{took:.1f} s", target=f"about {_SECONDS} s")


def _print(what: str, seconds: list[float]) -> None:
    cuts = statistics.quantiles(seconds, n=100)
    print_value(f"{what}: p50", f"{cuts[49] * 1000:.1f} ms", target="under 20 ms")
    print_value(f"{what}: p99", f"{cuts[98] * 1000:.1f} ms", target="under 100 ms")


def _print_peer(ours: list[float], peer: list[float]) -> None:
    print_ratio(
        "execution start, warm, sync: p50",
        statistics.median(ours) * 1000,
        "a new Python",
        statistics.median(peer) * 1000,
        target="only shown",
        unit=" ms",
    )


if __name__ == "__main__":
    main()
