"""Probes of containers."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import trustme

from funcyard.emulator.containerapps.runtime.probing import ask, watch, with_defaults
from funcyard.emulator.containerapps.runtime.wanted import ContainerSpec, ProbeKind, ProbeSpec
from funcyard.emulator.core.clock import Clock

_HOST = "127.0.0.1"


class _Server:
    """Answers each connection with what is next; without an answer it stays open."""

    def __init__(self, *answers: int | None) -> None:
        self._answers = list(answers)
        self.heads: list[str] = []
        self.port = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            if answer is not None:
                writer.write(f"HTTP/1.1 {answer} X\r\nContent-Length: 0\r\n\r\n".encode())
            else:
                await reader.read()
        except asyncio.IncompleteReadError:
            pass  # a probe whose time was over before it had asked
        finally:
            writer.close()

    @asynccontextmanager
    async def served(self, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._serve, _HOST, 0, ssl=context)
        async with server:
            yield server.sockets[0].getsockname()[1]


def _probe(port: int, **more: object) -> ProbeSpec:
    given = {"kind": ProbeKind.READINESS, "path": "/ok", "timeout": 5, **more}
    return ProbeSpec(port=port, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (200, ""),
        (302, ""),
        (399, ""),
        (404, "Probe of Readiness failed with status code: 404"),
        (503, "Probe of Readiness failed with status code: 503"),
    ],
)
async def test_an_answer_below_400_is_a_good_one(answer: int, told: str) -> None:
    server = _Server(answer)
    async with server.served() as port:
        asked = _probe(port, headers=(("X-Mark", "here"),))
        assert await ask(asked, _HOST) == told
    assert server.heads[0].startswith("GET /ok HTTP/1.1\r\n")
    assert "X-Mark: here\r\n" in server.heads[0]


async def test_silence_and_a_closed_port_are_told_apart() -> None:
    async with _Server(None).served() as port:
        silent = _probe(port, timeout=0.2, kind=ProbeKind.LIVENESS)
        assert await ask(silent, _HOST) == "Probe of Liveness failed with timeout in 0.2 seconds."
        assert await ask(replace(silent, path=None), _HOST) == ""
    for path in ("/ok", None):
        closed = _probe(port, path=path, kind=ProbeKind.STARTUP)
        assert await ask(closed, _HOST) == "Probe of StartUp failed with status code: 1"


async def test_readiness_comes_and_goes_by_its_thresholds() -> None:
    changes: asyncio.Queue[bool] = asyncio.Queue()
    faults: list[str] = []
    async with _Server(503, 200, 503, 503, 200).served() as port:
        probe = _probe(port, period=0, failures=2)
        asking = asyncio.create_task(
            watch(probe, _HOST, Clock(1000), failed=faults.append, changed=changes.put_nowait)
        )
        async with asyncio.timeout(20):
            assert [await changes.get() for _ in range(3)] == [True, False, True]
        asking.cancel()
    assert len(faults) == 3


async def test_a_start_is_over_with_its_first_good_answer() -> None:
    changes: list[bool] = []
    async with _Server(500, 200).served() as port:
        probe = _probe(port, kind=ProbeKind.STARTUP, period=0)
        await watch(probe, _HOST, Clock(1000), failed=lambda _: None, changed=changes.append)
    assert changes == [True]


async def test_a_start_that_takes_too_long_has_failed_but_has_its_time_first() -> None:
    changes: list[bool] = []
    faults: list[str] = []
    async with _Server(500).served() as port:
        probe = _probe(port, kind=ProbeKind.STARTUP, period=0.5, failures=1)
        await watch(probe, _HOST, Clock(1000), failed=faults.append, changed=changes.append)
    assert changes == [False]
    assert len(faults) > 1  # one would be enough, had it not come too early


def test_azures_own_probes_stand_in_for_those_that_are_not_given() -> None:
    own = ProbeSpec(kind=ProbeKind.LIVENESS, port=1, path="/live")
    spec = ContainerSpec(name="main", image="unused", probes=(own,))
    found = {one.kind: one for one in with_defaults(spec, 80)}
    assert found[ProbeKind.LIVENESS] is own
    startup, readiness = found[ProbeKind.STARTUP], found[ProbeKind.READINESS]
    assert (startup.path, startup.port, startup.period, startup.failures) == (None, 80, 1, 240)
    assert (readiness.path, readiness.port, readiness.period, readiness.failures) == (
        *(None, 80),
        *(5, 48),
    )


async def test_any_certificate_of_a_container_is_taken() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("elsewhere.example").configure_cert(context)
    async with _Server(200).served(context) as port:
        assert await ask(_probe(port, scheme="HTTPS"), _HOST) == ""
