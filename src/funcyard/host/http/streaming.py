"""A request and its response between a client and a worker, both streamed.

Two tasks carry the bodies while the invocation runs: one reads the request as the worker takes it
and then watches whether the client stays, the other sends the response as the client takes it. A
small request that is soon answered by a small response does without them. What is incomplete at the
end is broken off, so that no client mistakes it for the whole.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from funcyard.host.exchange import StreamedRequest
from funcyard.host.http.request import (
    LARGEST_BODY,
    BodyTooLargeError,
    header,
    read_body,
)
from funcyard.host.http.response import header_bytes
from funcyard.host.worker.channel import Kind
from funcyard.host.worker.flow import END, PIECE, Inflow, Outflow

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from funcyard.host.exchange import Post
    from funcyard.host.http.request import Receive, Scope
    from funcyard.host.http.response import Send
    from funcyard.host.invocation import Outcome
    from funcyard.host.worker.channel import Head

_WATCH_AFTER_SECONDS = 0.1
"""From when on it is noticed that a client leaves: most are answered before, and cost nothing."""

_OF_THE_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding"})


class HttpExchange:
    """An :class:`~funcyard.host.exchange.Exchange` with the client of an ASGI server.

    Attributes:
        begun: Whether the client was given the start of the response.
        complete: Whether it was given all of it.

    Args:
        scope: The request's.
        receive: Of the ASGI server.
        send: Of the ASGI server.
        extra: Headers that host.json adds to every response.
    """

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, extra: tuple[tuple[bytes, bytes], ...]
    ) -> None:
        self.begun = False
        self.complete = False
        self._scope = scope
        self._receive = receive
        self._send = send
        self._extra = extra
        self._post: Post | None = None
        self._body = Outflow(lambda head, pieces: self._tell(Kind.BODY, head, pieces), 0)
        self._response = Inflow(lambda size: self._tell(Kind.CREDIT, {"n": size}))
        self._more = False
        self._gone = False
        self._too_large = False
        self._fault: RuntimeError | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._writing: asyncio.Task[None] | None = None

    async def request(
        self, parameters: Mapping[str, str], query: Mapping[str, str]
    ) -> StreamedRequest:
        """Return the trigger's value; a small body goes with it, which saves a turn to and fro.

        Args:
            parameters: Route parameters.
            query: The query, decoded.

        Raises:
            BodyTooLargeError: The client announced a larger body than the host takes.
            ClientGoneError: The client went away before its small body was complete.
        """
        scope = self._scope
        begin = await self._begin()
        head = {
            "m": scope["method"],
            "target": [
                scope["scheme"],
                str(scope["raw_path"], "latin-1"),
                str(scope["query_string"], "latin-1"),
            ],
            "h": [[str(n, "latin-1"), str(v, "latin-1")] for n, v in scope["headers"]],
            "p": dict(parameters),
            "q": dict(query),
            "version": scope["http_version"],
            "client": scope["client"],
            "server": scope["server"],
            "more": self._more,
        }
        return StreamedRequest("http", begin, head, self)

    async def carry(self, serving: Coroutine[Any, Any, Outcome]) -> Outcome:
        """Carry both bodies until the invocation has ended and the client has what came of it.

        Raises:
            BodyTooLargeError: The request's body was, and no response has begun.
            NoWorkerError: Nothing ran.
            WorkerLost: The worker died under it.
            RuntimeError: The response cannot be written as HTTP.
        """
        delay = 0.0 if self._more else _WATCH_AFTER_SECONDS
        watch = asyncio.get_running_loop().call_later(delay, self._start, self._read)
        try:
            try:
                outcome = await serving
            finally:
                self._response.finish()
            await (self._writing or self._write())
        finally:
            watch.cancel()
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._fault is not None:
            raise self._fault
        if self._too_large and not self.begun:
            raise BodyTooLargeError
        return outcome

    def opened(self, post: Post) -> None:
        """See :class:`~funcyard.host.exchange.Exchange`."""
        self._post = post
        if self._gone:
            self._tell(Kind.BODY, {"gone": True})

    def arrived(self, head: Head, piece: bytes) -> None:
        """See :class:`~funcyard.host.exchange.Exchange`."""
        self._response.put(head, piece)
        if self._writing is None and END not in head:
            self._writing = self._start(self._write)

    def granted(self, size: int) -> None:
        """See :class:`~funcyard.host.exchange.Exchange`."""
        self._body.grant(size)

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work())
        self._tasks.append(task)
        return task

    def _tell(self, kind: Kind, head: Head, pieces: Sequence[bytes] = ()) -> None:
        if self._post is not None:
            self._post(kind, head, pieces)

    async def _begin(self) -> bytes:
        """Return a body that is announced as small, whole, else nothing and leave it to come.

        A client that asks whether to go on gets its answer when the function asks for the body.
        """
        length = header(self._scope, b"content-length")
        if not length.isdigit():
            self._more = bool(header(self._scope, b"transfer-encoding"))
        elif int(length) > LARGEST_BODY:
            raise BodyTooLargeError
        elif int(length) > PIECE or header(self._scope, b"expect"):
            self._more = True
        elif int(length):
            return await read_body(self._receive)
        return b""

    async def _read(self) -> None:
        """Send the body as the worker takes it, then watch whether the client stays."""
        size = 0
        while not self._gone:
            if self._more:
                await self._body.room()
            message = await self._receive()
            if self.complete:
                return
            size += len(message.get("body", b""))
            self._too_large = size > LARGEST_BODY
            if message["type"] == "http.disconnect" or self._too_large:
                self._gone = True
                self._tell(Kind.BODY, {"gone": True})
            elif self._more:
                self._more = message.get("more_body", False)
                await self._body.send(message.get("body", b""), end=not self._more)

    async def _write(self) -> None:
        """Send the response as the client takes it."""
        while (taken := await self._response.take()) is not None:
            head, piece = taken
            if self._too_large:
                continue
            try:
                await self._send_on(head, piece)
            except RuntimeError as fault:  # it is no valid HTTP
                self._fault = fault
                self._tell(Kind.CANCEL, {})
                return

    async def _send_on(self, head: Head, piece: bytes) -> None:
        if "start" in head:
            status, headers = head["start"]
            raw = [
                (header_bytes(name), header_bytes(value))
                for name, value in headers
                if name.lower() not in _OF_THE_CONNECTION
            ]
            self.begun = True
            message = {"type": "http.response.start", "status": status}
            await self._send({**message, "headers": [*raw, *self._extra]})
        end = END in head
        if piece or end:
            await self._send({"type": "http.response.body", "body": piece, "more_body": not end})
            self.complete = end
