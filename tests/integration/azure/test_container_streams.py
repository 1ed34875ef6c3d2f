"""A stream that is left before its end leaves nothing open, whatever the other side does."""

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

from funcyard.azure.cloud import local
from funcyard.azure.container_streams import ContainerStreams

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
