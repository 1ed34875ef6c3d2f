"""How streams end with their worker: real ones, under a runner whose grace period is short."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING, Self

import pytest
from tests.integration.host.host_app import until

from funcyard.host import retiring
from funcyard.host.events import Events
from funcyard.host.http.asgi import HttpApp
from funcyard.host.runner import AppRunner
from funcyard.host.runner_config import RunnerConfig
from funcyard.host.server import HttpServer
from funcyard.host.storage import StorageAccounts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

STREAMED = """
import asyncio

import azure.functions as func
from azurefunctions.extensions.http.fastapi import PlainTextResponse, Request, StreamingResponse
from starlette.background import BackgroundTask

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="count")
async def count(req: Request) -> StreamingResponse:
    async def body():
        for number in range(int(req.query_params["to"])):
            yield f"{number} "
            await asyncio.sleep(0.25)

    return StreamingResponse(body())


@app.route(route="silent")
async def silent(req: Request) -> StreamingResponse:
    async def body():
        yield b"begun"
        await asyncio.sleep(3600)

    return StreamingResponse(body())


@app.route(route="late")
async def late(req: Request) -> PlainTextResponse:
    async def work():
        await asyncio.sleep(0.5)
        print("worked on")

    return PlainTextResponse("answered", background=BackgroundTask(work))


@app.route(route="same", methods=["POST"])
async def same(req: Request) -> PlainTextResponse:
    return PlainTextResponse(await req.body())
"""

WHOLE = """
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="same", methods=["POST"])
async def same(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.get_body())
"""


class _Stream:
    """A raw HTTP/1.1 exchange."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def head(self) -> bytes:
        return await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 30)

    async def rest(self) -> bytes:
        return await asyncio.wait_for(self.reader.read(), 30)


class _App:
    """An app's folder, its runner and its server."""

    def __init__(self, directory: Path, python: Path) -> None:
        self.directory = directory
        self.python = python
        self.events = Events()
        settings = {**os.environ, "FUNCTIONS_WORKER_RUNTIME": "python"}
        self.runner = AppRunner(
            RunnerConfig("api", directory, "host", settings, None, StorageAccounts(settings)),
            self.events,
            child_started=lambda _: None,
            child_ended=lambda _: None,
        )
        bound = socket.create_server(("127.0.0.1", 0))
        self.port = bound.getsockname()[1]
        self.server = HttpServer(HttpApp(self.runner.gateway), bound)

    async def load(self, source: str = STREAMED, limit: str = "00:30:00") -> None:
        (self.directory / "function_app.py").write_text(source, encoding="utf-8")
        host_json = f'{{"version": "2.0", "functionTimeout": "{limit}"}}'
        (self.directory / "host.json").write_text(host_json, encoding="utf-8")
        assert await self.runner.load(self.python), self.runner.reason

    async def send(self, request: str) -> _Stream:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request.replace("\n", "\r\n").encode())
        return _Stream(reader, writer)

    async def get(self, path: str) -> _Stream:
        return await self.send(f"GET {path} HTTP/1.1\nhost: x\nconnection: close\n\n")

    def told(self) -> str:
        return "\n".join(event.message for event in self.events.recent())


@pytest.fixture
async def api(
    tmp_path: Path, durable_python: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[_App]:
    monkeypatch.setattr(retiring, "DRAIN_SECONDS", 1.0)
    app = _App(tmp_path, durable_python)
    await app.server.start()
    yield app
    await app.runner.stop()
    await app.server.stop()


async def test_a_stream_that_goes_on_outlives_new_code_for_longer_than_the_grace(
    api: _App,
) -> None:
    await api.load()
    async with await api.get("/api/count?to=12") as stream:
        await stream.head()
        await api.load()

        answer = await stream.rest()

    assert b"11 " in answer
    assert answer.endswith(b"0\r\n\r\n")


async def test_a_stream_that_is_silent_for_the_grace_is_broken_off_by_new_code(api: _App) -> None:
    await api.load()
    async with await api.get("/api/silent") as stream:
        await stream.head()
        await api.load()

        assert await stream.rest() == b"5\r\nbegun\r\n"


async def test_an_app_that_ends_waits_for_a_stream_no_longer_than_for_any_run(api: _App) -> None:
    await api.load()
    async with await api.get("/api/count?to=4000") as stream:
        await stream.head()
        await api.runner.stop()

        answer = await stream.rest()

    assert b"0 " in answer
    assert not answer.endswith(b"0\r\n\r\n")


async def test_an_app_that_ends_lets_a_short_stream_finish(api: _App) -> None:
    await api.load()
    async with await api.get("/api/count?to=3") as stream:
        await stream.head()
        await api.runner.stop()

        assert (await stream.rest()).endswith(b"0\r\n\r\n")


async def test_function_timeout_ends_a_stream_of_old_code_too(api: _App) -> None:
    await api.load(limit="00:00:03")
    async with await api.get("/api/count?to=4000") as stream:
        await stream.head()
        await api.load(limit="00:00:03")

        answer = await stream.rest()

    assert not answer.endswith(b"0\r\n\r\n")
    assert "FunctionTimeoutException" in api.told()


async def test_what_a_response_leaves_to_be_done_is_done_before_its_worker_ends(api: _App) -> None:
    await api.load()
    async with await api.get("/api/late") as stream:
        assert (await stream.rest()).endswith(b"answered")
        assert "(Succeeded, " in api.told()
        await api.load()

    await until(lambda: "worked on" in api.told())


@pytest.mark.parametrize("sources", [(STREAMED, WHOLE), (WHOLE, STREAMED)])
async def test_a_request_under_which_the_app_changes_its_kind_is_not_run_wrongly(
    api: _App, sources: tuple[str, str]
) -> None:
    before, after = sources
    await api.load(before)
    head = "POST /api/same HTTP/1.1\nhost: x\nconnection: close\ncontent-length: 4\n\n"
    async with await api.send(head) as stream:
        await asyncio.sleep(0.2)
        await api.load(after)
        stream.writer.write(b"body")

        assert (await stream.rest()).startswith(b"HTTP/1.1 503 ")

    async with await api.send(head + "body") as stream:
        assert (await stream.rest()).endswith(b"body")
