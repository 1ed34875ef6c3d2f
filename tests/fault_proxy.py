"""A proxy in front of an HTTP service that loses, spoils and delays what passes through it.

``with FaultProxy(url) as proxy:`` listens on ``proxy.url`` and passes requests on, one by one
on each connection. :attr:`FaultProxy.share` of them, drawn with a seed, meet a fault; or
:attr:`FaultProxy.plan` says of each. It runs in a thread, so synchronous tests, event loops and
other programs can all use it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_BODYLESS = re.compile(rb"HTTP/1\.1 (?:1\d\d|204|304) ")


class Fault(Enum):
    """What can happen to a request."""

    REFUSED_500 = "answered 500, never passed on"
    BUSY_503 = "answered 503, never passed on"
    DONE_500 = "carried out, and answered 500"
    TORN_BEFORE = "connection closed, never passed on"
    TORN_AFTER = "carried out, connection closed without an answer"
    TORN_BODY = "carried out, connection closed in the middle of the answer"
    SILENT = "carried out, no answer for a while, then the connection is closed"


EVERY_FAULT = tuple(Fault)


@dataclass(frozen=True)
class Request:
    """A request that came through.

    Attributes:
        number: How many came before it.
        method: Of HTTP.
        target: Path and query.
        headers: By their lower-case names.
    """

    number: int
    method: str
    target: str
    headers: dict[str, str]


@dataclass
class FaultProxy:
    """The proxy.

    Attributes:
        upstream: Address of the service; a path in it is kept in :attr:`url`.
        share: Which share of the requests meets a fault, from 0 to 1.
        faults: The faults they meet, drawn evenly.
        latency: Seconds that every request is held before it is passed on.
        silence: Seconds that a :attr:`Fault.SILENT` takes.
        seed: Of the draw.
        plan: Says what happens to each request instead of the draw.
        seen: Every request so far.
        met: How often each fault was met.
    """

    upstream: str
    share: float = 0.0
    faults: tuple[Fault, ...] = EVERY_FAULT
    latency: float = 0.0
    silence: float = 1.0
    seed: int = 1
    plan: Callable[[Request], Fault | None] | None = None
    seen: list[Request] = field(default_factory=list)
    met: dict[Fault, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.upstream)
        self._host, self._port, self._path = parts.hostname or "", parts.port or 80, parts.path
        self._random = random.Random(self.seed)  # noqa: S311  no secret
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._serving: set[asyncio.Task[None]] = set()
        self._listening_port = 0

    @property
    def url(self) -> str:
        """Address to use instead of the service's."""
        return f"http://127.0.0.1:{self._listening_port}{self._path}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self._listening_port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=1024)

    async def _end(self) -> None:
        self._server.close()
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        upstream = _Upstream(self._host, self._port)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._pass_on(reader, writer, upstream):
                pass
        upstream.close()
        # Torn means torn: what was not sent yet is not sent any more.
        writer.transport.abort()
        self._serving.discard(task)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: _Upstream
    ) -> bool:
        """Take one request through; return whether the connection goes on."""
        head = await reader.readuntil(b"\r\n\r\n")
        request = _request(len(self.seen), head)
        self.seen.append(request)
        body = await _body(reader, request.headers)
        fault = self._fault(request)
        if self.latency:
            await asyncio.sleep(self.latency)
        if fault is Fault.TORN_BEFORE:
            return False
        if fault in {Fault.REFUSED_500, Fault.BUSY_503}:
            return await _answer(writer, 500 if fault is Fault.REFUSED_500 else 503)
        answer = await upstream.ask(head + body, bodyless=request.method == "HEAD")
        if fault is Fault.SILENT:
            await asyncio.sleep(self.silence)
        if fault in {Fault.TORN_AFTER, Fault.SILENT}:
            return False
        if fault is Fault.DONE_500:
            return await _answer(writer, 500)
        if fault is Fault.TORN_BODY:
            writer.write(answer[: max(1, len(answer) - 1)] if answer else b"")
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            return False
        writer.write(answer)
        await writer.drain()
        return not upstream.ended

    def _fault(self, request: Request) -> Fault | None:
        if self.plan is not None:
            fault = self.plan(request)
        else:
            meets = self._random.random() < self.share
            fault = self._random.choice(self.faults) if meets else None
        if fault is not None:
            self.met[fault] = self.met.get(fault, 0) + 1
        return fault


class _Upstream:
    """A connection to the service, made when it is first used and made anew when it ended."""

    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.ended = False

    async def ask(self, request: bytes, *, bodyless: bool) -> bytes:
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection(*self._place)
        reader, writer = self._streams
        writer.write(request)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        while head.startswith(b"HTTP/1.1 100 "):
            head = await reader.readuntil(b"\r\n\r\n")
        headers = _headers(head)
        self.ended = headers.get("connection", "").lower() == "close"
        if bodyless or _BODYLESS.match(head):
            return head
        if self.ended and not {"content-length", "transfer-encoding"} & headers.keys():
            return head + await reader.read()
        return head + await _body(reader, headers)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _request(number: int, head: bytes) -> Request:
    method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    return Request(number, method, target, _headers(head))


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if line)
    return {name.lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    raw = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        raw += line + await reader.readexactly(size + 2)
        if size == 0:
            return raw


async def _answer(writer: asyncio.StreamWriter, status: int) -> bool:
    body = b'<?xml version="1.0"?><Error><Code>InternalError</Code><Message>no</Message></Error>'
    head = f"HTTP/1.1 {status} Fault\r\nContent-Type: application/xml\r\n"
    writer.write(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
    return True
