"""Connections under TLS: served until they leave, let go of for a reason, ended with the server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.unit.emulator.certified import Certified

from funcyard.emulator import streams
from funcyard.emulator.streams import StreamServer


class _WrongError(Exception):
    pass


class _Echo(StreamServer):
    """Says what it hears, line by line; some lines have a meaning."""

    faults = (_WrongError,)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
            if line == b"wrong\n":
                raise _WrongError("no such line")
            if line == b"bug\n":
                raise KeyError("bug")
            if line == b"stay\n":
                await _stay()


async def _stay() -> None:
    """Wait for what does not come, whoever wants it to end."""
    for _ in range(2):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


@pytest.fixture
def certified(tmp_path: Path) -> Certified:
    return Certified(tmp_path)


@pytest.fixture
async def server(certified: Certified) -> AsyncIterator[_Echo]:
    made = _Echo("echo", certified.bound, certified.server)
    await made.start()
    yield made
    await made.stop()


async def _said(certified: Certified, line: bytes) -> bytes:
    """Say a line; return all that is answered until the connection ends."""
    reader, writer = await certified.connect()
    writer.write(line)
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.usefixtures("server")
async def test_who_does_wrong_is_answered_told_in_a_line_and_let_go_of(
    certified: Certified, caplog: pytest.LogCaptureFixture
) -> None:
    assert await _said(certified, b"wrong\n") == b"wrong\n"
    (told,) = caplog.records
    assert told.getMessage() == "echo: a client was let go of: no such line"
    assert told.exc_info is None


@pytest.mark.usefixtures("server")
async def test_a_bug_is_told_whole_and_harms_nobody_else(
    certified: Certified, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await certified.connect()
    assert await _said(certified, b"bug\n") == b"bug\n"
    assert [one.exc_info is not None for one in caplog.records] == [True]
    writer.write(b"still there\n")
    assert await reader.readline() == b"still there\n"
    writer.close()


async def test_who_is_connected_when_the_server_ends_is_let_go_of_without_a_word(
    server: _Echo, certified: Certified, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await certified.connect()
    writer.write(b"here\n")
    await reader.readline()
    await server.stop()
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()
    assert caplog.records == []
    with pytest.raises(OSError):  # noqa: PT011 - refused, or reset where the system was quicker
        await certified.connect()


async def test_a_handshake_that_takes_longer_than_the_server_leads_nowhere(
    server: _Echo, certified: Certified
) -> None:
    begun = await certified.begin()
    assert await _ahead(certified)  # which was accepted after the other
    await server.stop()
    with contextlib.suppress(OSError), contextlib.closing(await certified.secure(begun)) as late:
        late.settimeout(20)
        await asyncio.to_thread(late.sendall, b"late\n")
        assert await asyncio.to_thread(late.recv, 100) == b""


async def _ahead(certified: Certified) -> bytes:
    reader, writer = await certified.connect()
    writer.write(b"here\n")
    answer = await reader.readline()
    writer.close()
    return answer


async def test_the_end_waits_for_nobody_forever(
    server: _Echo,
    certified: Certified,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "_GRACE_SECONDS", 0.01)
    reader, writer = await certified.connect()
    writer.write(b"stay\n")
    await reader.readline()
    await server.stop()
    assert [one.getMessage() for one in caplog.records] == ["echo: a connection has not ended"]
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()
