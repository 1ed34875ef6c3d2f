"""What a server that ends tells those whom it does not serve to the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from typing import Any

import aiohttp
import pytest

from funcyard.serving import LARGEST_HEAD, EmbeddedServer

_START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]}


async def _asked(*, answered: bytes) -> tuple[int, bytes]:
    """Return status and body of what is under way for ever when its server ends."""
    begun = asyncio.Event()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - of ASGI
        if answered:
            await send(_START)
            await send({"type": "http.response.body", "body": answered, "more_body": True})
        begun.set()
        await asyncio.Event().wait()

    bound = socket.create_server(("127.0.0.1", 0))
    server = EmbeddedServer(app, bound, grace=0)
    await server.start()

    async def ask() -> tuple[int, bytes]:
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, await answer.content.read()

    asking = asyncio.create_task(ask())
    await begun.wait()
    await server.stop()
    return await asking


async def test_what_is_not_done_when_its_server_ends_is_told_unavailable_and_no_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    assert await _asked(answered=b"") == (503, b"")

    assert all(one.exc_info is None for one in caplog.records)


async def test_an_answer_that_has_begun_is_broken_off_and_no_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(aiohttp.ClientPayloadError):
        await _asked(answered=b"abc")

    assert all(one.exc_info is None for one in caplog.records)


async def _head(*lines: bytes, reads: bool = False) -> bytes:
    """Return the beginning of the answer to a request, which is sent line by line."""

    async def app(_scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - of ASGI
        while reads and (await receive()).get("more_body"):
            pass
        await send(_START)
        await send({"type": "http.response.body", "body": b"taken"})

    bound = socket.create_server(("127.0.0.1", 0))
    server = EmbeddedServer(app, bound, grace=0)
    await server.start()
    reader, writer = await asyncio.open_connection(*bound.getsockname())
    answer = b""
    with contextlib.suppress(ConnectionError):
        for line in lines:
            writer.write(line)
            await writer.drain()
        answer = await reader.readline()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    await server.stop()
    return answer


async def test_headers_have_room_up_to_a_size() -> None:
    large = b"x: " + b"y" * (LARGEST_HEAD // 2) + b"\r\n"
    assert b" 200 " in await _head(b"GET / HTTP/1.1\r\nhost: x\r\n", large, b"\r\n")
    body = b"content-length: 1000000\r\n\r\n"
    assert b" 200 " in await _head(b"POST / HTTP/1.1\r\nhost: x\r\n", body, b"z" * 1_000_000)


@pytest.mark.parametrize("end", [b"\r\n", b""], ids=["many", "one"])
async def test_headers_without_end_are_refused(end: bytes) -> None:
    parts = [b"x: " + b"y" * 32_000 + end for _ in range(20)]
    answer = await _head(b"GET / HTTP/1.1\r\nhost: x\r\n", *parts, b"\r\n\r\n")
    assert answer in {b"", b"HTTP/1.1 431 Request Header Fields Too Large\r\n"}


async def test_trailers_without_end_are_refused() -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    small = [b"5\r\nhello\r\n", b"0\r\n", b"x: y\r\n", b"\r\n"]
    assert b" 200 " in await _head(head, *small, reads=True)
    parts = [b"x: " + b"y" * 32_000 + b"\r\n" for _ in range(20)]
    assert await _head(head, b"0\r\n", *parts, b"\r\n", reads=True) == b""
