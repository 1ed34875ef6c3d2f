"""Apps whose HTTP functions stream: what a client of them, and their author, rely on."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from tests.e2e.running import FUNCYARD, Up, eventually, fetch, make_project

SOURCE = """
import asyncio
import logging
import os
import signal
import time
from pathlib import Path

import azure.functions as func
from azurefunctions.extensions.http.fastapi import JSONResponse, Request, Response
from azurefunctions.extensions.http.fastapi import StreamingResponse

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
opened = asyncio.Event()
counts = {"read": 0, "made": 0}


@app.route(route="guarded", auth_level=func.AuthLevel.FUNCTION)
async def guarded(req: Request) -> JSONResponse:
    return JSONResponse("guarded")


@app.route(route="orders/{number:int}", methods=["POST"])
@app.queue_output(arg_name="order", queue_name="orders-{number}", connection="AzureWebJobsStorage")
async def place(req: Request, order: func.Out[str], context: func.Context) -> JSONResponse:
    order.set((await req.body()).decode())
    return JSONResponse({"number": req.path_params["number"], "id": context.invocation_id})


@app.queue_trigger(arg_name="message", queue_name="orders-7", connection="AzureWebJobsStorage")
def placed(message: func.QueueMessage) -> None:
    logging.warning("placed %s", message.get_body().decode())


@app.route(route="gate")
async def gate(req: Request) -> StreamingResponse:
    async def body():
        yield b"first "
        await opened.wait()
        yield b"second"

    return StreamingResponse(body())


@app.route(route="open")
async def open_gate(req: Request) -> JSONResponse:
    opened.set()
    return JSONResponse(counts)


@app.route(route="counts")
async def tell(req: Request) -> JSONResponse:
    return JSONResponse(counts)


@app.route(route="read", methods=["POST"])
async def read(req: Request) -> JSONResponse:
    counts["read"] = 0
    async for piece in req.stream():
        counts["read"] += len(piece)
    return JSONResponse(counts)


@app.route(route="endless")
async def endless(req: Request) -> StreamingResponse:
    async def body():
        try:
            while True:
                counts["made"] += 65536
                yield bytes(65536)
        finally:
            logging.warning("generator closed")

    return StreamingResponse(body())


@app.route(route="ticks")
def ticks(req: Request) -> StreamingResponse:
    def body():
        try:
            while True:
                yield b"tick"
                time.sleep(0.05)
        finally:
            logging.warning("sync generator closed")

    return StreamingResponse(body())


@app.route(route="patient")
async def patient(req: Request) -> StreamingResponse:
    async def body():
        try:
            yield b"waiting"
            await asyncio.sleep(3600)
        finally:
            logging.warning("patience closed")

    return StreamingResponse(body())


@app.route(route="zeros")
async def zeros(req: Request) -> StreamingResponse:
    size = int(req.query_params["size"])

    async def body():
        for _ in range(size // 65536):
            yield bytes(65536)

    return StreamingResponse(body(), headers={"content-length": str(size)})


@app.route(route="until")
async def until(req: Request) -> StreamingResponse:
    flag = Path(req.query_params["flag"])

    async def body():
        yield b"old code "
        while not flag.exists():
            await asyncio.sleep(0.05)
        yield b"to its end"

    return StreamingResponse(body())


@app.route(route="die")
async def die(req: Request) -> StreamingResponse:
    async def body():
        yield b"last words"
        await asyncio.sleep(0.3)
        os.kill(os.getpid(), signal.SIGKILL)

    return StreamingResponse(body())


@app.route(route="thinking")
async def thinking(req: Request) -> JSONResponse:
    while not await req.is_disconnected():
        await asyncio.sleep(0.05)
    logging.warning("thought to the end")
    return JSONResponse("thought")


@app.route(route="refuse", methods=["PUT"])
async def refuse(req: Request) -> Response:
    return Response("too early", status_code=403)


@app.route(route="boom")
async def boom(req: Request) -> JSONResponse:
    raise ValueError("on purpose")


@app.route(route="say", methods=["POST"])
async def say(req: Request) -> JSONResponse:
    return JSONResponse({"said": (await req.body()).decode()}, status_code=202)
"""

LIMITED = """
import asyncio

import azure.functions as func
from azurefunctions.extensions.http.fastapi import Request, StreamingResponse

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="ticks")
async def ticks(req: Request) -> StreamingResponse:
    async def body():
        while True:
            yield b"tick"
            await asyncio.sleep(0.05)

    return StreamingResponse(body())


@app.route(route="silent")
async def silent(req: Request) -> StreamingResponse:
    await asyncio.sleep(3600)
"""
_MB = 1024 * 1024
_LARGEST = 100 * _MB


@pytest.fixture(scope="module")
def up(durable_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A running project on an environment that has the web extension."""
    root = make_project(tmp_path_factory.mktemp("streams"), {"api": SOURCE, "limited": LIMITED})
    (root / "functions" / "limited" / "host.json").write_text(
        '{"version": "2.0", "functionTimeout": "00:00:02"}', encoding="utf-8"
    )
    with Up(root, durable_python, ("--enable-auth",)) as running:
        yield running


@contextmanager
def streaming(
    up: Up, path: str, app: str = "api", receive_buffer: int = 0
) -> Iterator[HTTPResponse]:
    """Begin a GET and yield its response with the body still to be read."""
    url = urlsplit(up.url(path, app))
    assert url.hostname is not None
    connection = HTTPConnection(url.hostname, url.port, timeout=30)
    try:
        if receive_buffer:
            connection.sock = socket.socket()
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            connection.sock.settimeout(30)
            connection.sock.connect((url.hostname, url.port))
        connection.request("GET", path)
        yield connection.getresponse()
    finally:
        connection.close()


def logged(up: Up, message: str) -> dict[str, object]:
    """Wait until the app has logged a message."""
    return up.wait_for(lambda event: event["event"] == "log" and event["message"] == message)


def outcome(up: Up, function: str) -> dict[str, object]:
    """Wait for the next outcome of a function."""
    return up.wait_for(
        lambda event: event["event"] == "invocation" and event["function"] == function
    )


def counts(up: Up) -> dict[str, int]:
    told: dict[str, int] = json.loads(fetch(up.url("/api/counts")).body)
    return told


def test_streamed_functions_are_listed_as_any_other(up: Up) -> None:
    assert {function["state"] for function in up.app()["functions"]} == {"listening"}


def test_a_function_with_an_output_gets_its_request_and_writes_it(up: Up) -> None:
    answer = fetch(up.url("/api/orders/7"), method="POST", body=b"tea")

    told = json.loads(answer.body)
    assert told["number"] == "7"
    assert outcome(up, "place")["invocation_id"] == told["id"]
    assert logged(up, "placed tea")


def test_routes_and_keys_are_those_of_other_functions(up: Up) -> None:
    assert fetch(up.url("/api/orders/x"), method="POST", body=b"tea").status == 404
    assert fetch(up.url("/api/orders/7")).status == 405
    assert fetch(up.url("/api/guarded")).status == 401
    keys = json.loads((up.root / ".funcyard" / "run" / "keys" / "api.json").read_text())
    address = up.url(f"/api/guarded?code={keys['functions']['guarded']}")
    assert fetch(address).body == b'"guarded"'


def test_an_exception_is_a_500_and_logged_with_the_run_s_id(up: Up) -> None:
    assert fetch(up.url("/api/boom")).status == 500

    run = outcome(up, "boom")
    assert run["level"] == "error"
    assert f"Id={run['invocation_id']}" in str(run["message"])
    assert str(run["message"]).endswith("ValueError: on purpose")
    assert "site-packages" not in str(run["message"])


def test_a_client_has_each_piece_as_soon_as_it_is_made(up: Up) -> None:
    with streaming(up, "/api/gate") as response:
        assert response.read(6) == b"first "
        fetch(up.url("/api/open"))
        assert response.read() == b"second"


def test_a_function_has_each_piece_as_soon_as_it_is_sent(up: Up) -> None:
    url = urlsplit(up.url("/api/read"))
    connection = HTTPConnection(str(url.hostname), url.port, timeout=30)

    def halves() -> Iterator[bytes]:
        yield b"half" * 1000
        eventually(lambda: counts(up)["read"] == 4000)
        yield b"rest"

    connection.request("POST", url.path, halves())
    assert json.loads(connection.getresponse().read())["read"] == 4004
    connection.close()


def test_a_client_that_reads_nothing_holds_the_function_up_and_nobody_else(up: Up) -> None:
    with streaming(up, "/api/endless", receive_buffer=16384) as response:
        made = [0, counts(up)["made"]]
        while made[-1] != made[-2]:
            made += [counts(up)["made"] for _ in range(5)]
        assert made[-1] < 32 * _MB
        response.read(48 * _MB)
        eventually(lambda: counts(up)["made"] > made[-1])
    assert logged(up, "generator closed")


@pytest.mark.parametrize(
    ("path", "message"),
    [("/api/ticks", "sync generator closed"), ("/api/patient", "patience closed")],
)
def test_a_client_that_leaves_ends_the_generator(up: Up, path: str, message: str) -> None:
    with streaming(up, path) as response:
        assert response.read(4)

    assert logged(up, message)
    told = outcome(up, path.removeprefix("/api/"))
    assert "ClientDisconnect" in str(told["message"])


def test_a_function_that_has_not_answered_runs_on_and_is_told_that_its_client_left(up: Up) -> None:
    url = urlsplit(up.url("/api/thinking"))
    with socket.create_connection((url.hostname, url.port)) as connection:
        connection.sendall(b"GET /api/thinking HTTP/1.1\r\nhost: x\r\n\r\n")

    assert logged(up, "thought to the end")
    assert "ClientDisconnect" in str(outcome(up, "thinking")["message"])


def test_a_client_that_leaves_in_its_upload_is_noticed_by_the_function(up: Up) -> None:
    url = urlsplit(up.url("/api/read"))
    with socket.create_connection((url.hostname, url.port)) as connection:
        connection.sendall(b"POST /api/read HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\n\r\n")
        connection.sendall(bytes(100_000))
        eventually(lambda: counts(up)["read"] == 100_000)

    assert "ClientDisconnect" in str(outcome(up, "read")["message"])


def test_a_body_that_is_refused_is_not_asked_for(up: Up) -> None:
    url = urlsplit(up.url("/api/refuse"))
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        head = "PUT /api/refuse HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n"
        connection.sendall(f"{head}content-length: 5000\r\nconnection: close\r\n\r\n".encode())
        received = b""
        while piece := connection.recv(65536):
            received += piece
    assert received.startswith(b"HTTP/1.1 403 ")


def test_a_body_over_the_limit_is_refused_announced_or_not(up: Up) -> None:
    url = urlsplit(up.url("/api/read"))
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        head = "POST /api/read HTTP/1.1\r\nhost: x\r\n"
        connection.sendall(f"{head}content-length: {_LARGEST + 1}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 413"
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        connection.sendall(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
        for _ in range(100):
            connection.sendall(b"100000\r\n" + bytes(_MB) + b"\r\n")
        connection.sendall(b"1\r\nx\r\n")
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_a_hundred_megabytes_each_way_need_little_memory(up: Up) -> None:
    processes = [psutil.Process(up.process.pid), *up.children()]
    before = _memory(processes)
    most: dict[int, float] = {}
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            for pid, size in _memory(processes).items():
                most[pid] = max(most.get(pid, 0), size)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert (
            json.loads(fetch(up.url("/api/read"), method="POST", body=bytes(_LARGEST)).body)["read"]
            == _LARGEST
        )
        with streaming(up, f"/api/zeros?size={_LARGEST}") as response:
            assert response.headers["content-length"] == str(_LARGEST)
            received = 0
            while piece := response.read(_MB):
                received += len(piece)
            assert received == _LARGEST
    finally:
        ended.set()
        watcher.join()
    grown = {pid: most[pid] - size for pid, size in before.items() if pid in most}
    assert grown
    assert max(grown.values()) < 24 * _MB


def _memory(processes: list[psutil.Process]) -> dict[int, float]:
    """The memory of each process, what it shares counted in part."""
    sizes: dict[int, float] = {}
    for process in processes:
        try:
            sizes[process.pid] = process.memory_full_info().pss
        except psutil.Error:
            continue
    return sizes


def test_a_worker_that_is_killed_breaks_the_answer_off(up: Up) -> None:
    with streaming(up, "/api/die") as response, pytest.raises(IncompleteRead) as torn:
        response.read()
    assert torn.value.partial == b"last words"
    assert "the worker ended" in str(outcome(up, "die")["message"])
    eventually(lambda: fetch(up.url("/api/counts")).status == 200)


def test_function_timeout_breaks_a_stream_off(up: Up) -> None:
    with streaming(up, "/api/ticks", "limited") as response, pytest.raises(IncompleteRead):
        response.read()
    told = up.wait_for(lambda e: e["event"] == "invocation" and e["app"] == "limited")
    assert "functionTimeout" in str(told["message"])
    assert fetch(up.url("/api/silent", "limited")).status == 500


def test_a_streamed_function_is_invoked_by_hand(up: Up) -> None:
    words = ["invoke", "api", "say", "--data", "hello", "--json", "--dir"]
    command: list[str | Path] = [FUNCYARD, *words, up.root]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert (answer["ok"], answer["status"], answer["returned"]) == (True, "202", '{"said":"hello"}')


def test_new_code_takes_over_while_a_stream_of_the_old_one_goes_on(up: Up, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    with streaming(up, f"/api/until?flag={flag}") as response:
        assert response.read(9) == b"old code "
        up.save(SOURCE.replace('JSONResponse("guarded")', 'JSONResponse("new")'))
        up.wait_for(lambda event: event["event"] == "reload")
        assert json.loads(fetch(up.url("/api/say"), method="POST", body=b"x").body) == {"said": "x"}
        flag.touch()
        assert response.read() == b"to its end"


def test_the_end_of_the_project_breaks_a_stream_off(durable_python: Path, tmp_path: Path) -> None:
    root = make_project(tmp_path, {"api": SOURCE})
    with Up(root, durable_python) as up, streaming(up, "/api/ticks") as response:
        assert response.read(4) == b"tick"
        up.process.send_signal(signal.SIGINT)
        up.wait_for(lambda event: event["event"] == "stopping")
        up.process.send_signal(signal.SIGINT)
        with pytest.raises(IncompleteRead):
            response.read()
        assert up.process.wait(30) == 130
