"""How workers end: real ones, under a runner whose grace period is short."""

from __future__ import annotations

import asyncio
import os
import uuid
from typing import TYPE_CHECKING

import psutil
import pytest
from tests.integration.host.host_app import until

from funcyard.host import retiring
from funcyard.host.events import Events
from funcyard.host.invocation import NoWorkerError, Value, WorkerLost
from funcyard.host.runner import AppRunner
from funcyard.host.runner_config import RunnerConfig
from funcyard.host.storage import StorageAccounts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from funcyard.host.invocation import Outcome

SOURCE = """
import asyncio, os, time
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="block")
def block(req: func.HttpRequest) -> str:
    time.sleep(600)


@app.route(route="nap")
async def nap(req: func.HttpRequest) -> str:
    await asyncio.sleep(float(req.get_body()))
    return "rested"


@app.route(route="die")
def die(req: func.HttpRequest) -> str:
    os._exit(3)


@app.route(route="large")
def large(req: func.HttpRequest) -> func.HttpResponse:
    time.sleep(0.3)
    return func.HttpResponse(bytes(30_000_000))
"""


BEGINS_TASKS = """
import asyncio, pathlib
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
tasks = []


async def tidies_up():
    try:
        await asyncio.sleep(3600)
    finally:
        await asyncio.sleep(0.1)
        pathlib.Path("tidy").touch()


async def never_ends():
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            pass


@app.route(route="begin")
async def begin(req: func.HttpRequest) -> str:
    tasks.extend([asyncio.create_task(tidies_up()), asyncio.create_task(never_ends())])
    return "begun"
"""


class _App:
    """An app's folder, its runner, and the processes that it had."""

    def __init__(self, directory: Path, python: Path) -> None:
        self.directory = directory
        self.events = Events()
        self.started: list[int] = []
        self.ended: list[int] = []
        self.python = python
        settings = {**os.environ, "FUNCTIONS_WORKER_RUNTIME": "python"}
        self.runner = AppRunner(
            RunnerConfig("api", directory, "host", settings, None, StorageAccounts(settings)),
            self.events,
            child_started=self.started.append,
            child_ended=self.ended.append,
        )

    async def start(self, source: str = SOURCE, host_json: str = '{"version": "2.0"}') -> None:
        (self.directory / "function_app.py").write_text(source, encoding="utf-8")
        (self.directory / "host.json").write_text(host_json, encoding="utf-8")
        assert await self.runner.load(self.python), self.runner.reason

    def call(self, function: str, body: str = "") -> asyncio.Task[Outcome]:
        head: dict[str, object] = {"m": "GET", "u": "", "h": {}, "p": {}, "q": {}}
        request = Value("http", body.encode(), head)
        return asyncio.create_task(
            self.runner.invocations.serve(
                self.runner.invocations.functions[function], request, trace=("", ""), data={}
            )
        )

    async def running(self, count: int) -> None:
        """Wait until the worker runs so many invocations."""
        worker = self.runner.invocations.worker
        assert worker is not None
        await until(lambda: worker.in_flight == count)
        await asyncio.sleep(0.1)

    def executed(self) -> list[str]:
        """Return what was logged of finished invocations."""
        return [event.message for event in self.events.recent() if event.kind == "invocation"]


@pytest.fixture
async def api(
    tmp_path: Path, apps_python: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[_App]:
    monkeypatch.setattr(retiring, "DRAIN_SECONDS", 3.0)
    app = _App(tmp_path, apps_python)
    yield app
    await app.runner.stop()
    assert app.started
    assert sorted(app.ended) == sorted(app.started)
    assert not any(psutil.pid_exists(pid) for pid in app.started)


async def test_an_app_that_ends_while_its_worker_starts_waits_for_nothing(
    api: _App, monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting = asyncio.Event()

    async def never(*_: object, **__: object) -> None:
        connecting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", never)
    (api.directory / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
    loading = asyncio.create_task(api.runner.load(api.python))
    await connecting.wait()

    await asyncio.wait_for(api.runner.stop(), 20)

    assert not await loading


async def test_tasks_of_the_app_may_tidy_up_and_those_that_never_end_hold_nothing_up(
    api: _App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retiring, "DRAIN_SECONDS", 3600.0)
    await api.start(BEGINS_TASKS)
    await api.call("begin")

    await asyncio.wait_for(api.runner.stop(), 60)

    assert (api.directory / "tidy").exists()


async def test_a_retired_worker_that_is_still_busy_ends_with_the_app(api: _App) -> None:
    await api.start()
    blocked = api.call("block")
    await api.running(1)
    await api.start(SOURCE + "\n# saved again\n")

    await api.runner.stop()

    with pytest.raises(WorkerLost):
        await blocked
    assert not any(psutil.pid_exists(pid) for pid in api.started)


async def test_a_run_on_retired_code_may_finish_while_the_app_ends(api: _App) -> None:
    await api.start()
    rested = api.call("nap", "1.5")
    await api.running(1)
    await api.start(SOURCE + "\n# saved again\n")

    await api.runner.stop()

    assert (await rested).failed is None


async def test_an_expired_run_takes_its_worker_with_it_and_no_other_run(
    api: _App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retiring, "DRAIN_SECONDS", 3600.0)
    await api.start(host_json='{"version": "2.0", "functionTimeout": "00:00:02"}')
    blocked = api.call("block")
    await asyncio.sleep(1.2)
    rested = api.call("nap", "1.6")

    outcome = await blocked
    assert outcome.failed is not None
    assert outcome.failed.kind == "FunctionTimeoutException"
    assert uuid.UUID(outcome.invocation_id).version == 4
    assert outcome.seconds >= 2
    assert (await rested).failed is None
    await until(lambda: api.ended == api.started[:1])
    assert f"Id={outcome.invocation_id}" in api.executed()[0]


async def test_runs_that_die_with_their_worker_are_logged_with_their_ids(api: _App) -> None:
    await api.start()
    napping = api.call("nap", "60")
    await api.running(1)

    with pytest.raises(WorkerLost) as lost:
        await api.call("die")
    with pytest.raises(WorkerLost):
        await napping

    assert uuid.UUID(lost.value.outcome.invocation_id).version == 4
    assert sorted(message.split(",")[0] for message in api.executed()) == [
        "Executed 'Functions.die' (Failed",
        "Executed 'Functions.nap' (Failed",
    ]
    assert any(lost.value.outcome.invocation_id in message for message in api.executed())


async def test_an_answer_larger_than_the_socket_survives_the_draining(api: _App) -> None:
    await api.start()
    answer = api.call("large")
    await api.running(1)

    await api.start(SOURCE + "\n# saved again\n")

    returned = (await answer).returned
    assert returned is not None
    assert len(returned.body) == 30_000_000


async def test_what_comes_while_an_app_stops_is_told_that_nothing_ran(api: _App) -> None:
    await api.start()
    await api.runner.stop()

    with pytest.raises(NoWorkerError):
        await api.call("nap", "0")


async def test_a_worker_whose_host_is_gone_ends_though_it_was_draining(api: _App) -> None:
    await api.start()
    blocked = api.call("block")
    await api.running(1)
    worker = api.runner.invocations.worker
    assert worker is not None
    draining = asyncio.create_task(worker.drain(3600))
    await asyncio.sleep(0.2)

    worker._channel.close()  # noqa: SLF001 - what a killed host's kernel does

    await draining
    with pytest.raises(WorkerLost):
        await blocked
