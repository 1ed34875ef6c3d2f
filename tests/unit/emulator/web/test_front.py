"""The address of a site where no app runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.unit.emulator.certified import Certified

from funcyard.emulator.web.front import Front

_ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def _front(certified: Certified, *, is_stopped: bool = False) -> Front:
    return Front("site", certified.bound, certified.server, lambda: None, lambda: is_stopped)


@pytest.mark.parametrize(
    ("is_stopped", "status"), [(False, b"503 Service Unavailable"), (True, b"403 Site Disabled")]
)
async def test_who_asks_is_told_that_no_app_runs(
    tmp_path: Path, *, is_stopped: bool, status: bytes
) -> None:
    certified = Certified(tmp_path)
    front = _front(certified, is_stopped=is_stopped)
    await front.start()
    reader, writer = await certified.connect()
    writer.write(_ASKED)
    answer = await reader.read()
    writer.close()
    await front.stop()
    assert answer.startswith(b"HTTP/1.1 " + status + b"\r\n")


async def test_a_site_that_ends_while_it_refuses_says_nothing_of_that(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    certified = Certified(tmp_path)
    front = _front(certified)
    await front.start()
    client = await certified.secure(await certified.begin())
    client.settimeout(20)
    await asyncio.to_thread(client.sendall, _ASKED)
    first = await asyncio.to_thread(client.recv, 8)  # whose end it has not agreed to
    await front.stop()
    await asyncio.sleep(0)  # what is called back is called
    client.close()
    assert first == b"HTTP/1.1"
    assert caplog.records == []
