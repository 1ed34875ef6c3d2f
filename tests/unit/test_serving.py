"""What a server that ends tells those whom it does not serve to the end."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

import aiohttp
import pytest

from funcyard.serving import EmbeddedServer

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
