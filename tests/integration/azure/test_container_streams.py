"""Streams: left before their end, and begun where Azure is too busy to begin them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from tests.azure_manager import TOKEN, Answer, managing

from funcyard.azure.cloud import cloud_of, local
from funcyard.azure.container_streams import ContainerStreams
from funcyard.azure.errors import AzureUnreachableError
from funcyard.azure.patience import Patience

_HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\none\n\r\n"


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[str]:
    """A stream of one line, whose server answers no end of TLS."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with context.wrap_socket(connection, server_side=True) as wrapped:
                wrapped.recv(4096)
                wrapped.sendall(_HEAD)
                over.wait()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://localhost:{server.getsockname()[1]}"
        over.set()
        thread.join()


def test_a_stream_that_is_left_is_closed_at_once(stubborn: str, tmp_path: Path) -> None:
    async def left() -> list[str]:
        seen: list[str] = []
        came = asyncio.Event()

        async def read() -> None:
            async for line in streams.lines(f"{stubborn}/stream", follow=True):
                seen.append(line)
                came.set()

        async with ContainerStreams(local(stubborn, tmp_path / "ca.pem"), "token") as streams:
            reading = asyncio.create_task(read())
            await came.wait()
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading
        return seen

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert asyncio.run(left()) == ["one"]
        gc.collect()
    assert [str(one.message) for one in told if one.category is ResourceWarning] == []


async def _read(folder: Path, *answers: Answer) -> list[str]:
    with managing(folder, {"/stream": answers[0]}) as manager:
        manager.then["/stream"] = list(answers[1:])
        address = f"{manager.settings['AZURE_AUTHORITY_HOST']}/stream"
        async with ContainerStreams(cloud_of(manager.settings), TOKEN, Patience(5)) as streams:
            return [line async for line in streams.lines(address)]


async def test_a_stream_that_is_busy_is_opened_again_when_it_says(tmp_path: Path) -> None:
    soon = {"x-ms-retry-after-ms": "10"}
    whole = Answer(200, "one\ntwo\n")
    lines = await _read(tmp_path, Answer(429, "", soon), Answer(503, "", soon), whole)

    assert lines == ["one", "two"]


async def test_a_stream_that_stays_busy_is_out_of_reach_and_not_refused(tmp_path: Path) -> None:
    with pytest.raises(AzureUnreachableError, match="answers 429") as raised:
        await _read(tmp_path, Answer(429, "", {"retry-after": "60"}))
    assert raised.value.hint == "try again in 60 seconds"
