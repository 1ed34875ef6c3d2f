"""Streamed HTTP in the worker: the app's web extension as an ASGI application, without a server.

The official worker has the extension serve its web application on a port of its own; one endpoint
takes every request, is joined with the invocation by its id, and returns what the function gave.
The same application with the same kind of endpoint runs here, and ASGI's messages go over the
channel, so requests and responses are the framework's own and no second server stands between.
Follows ``http_v2.py`` of azure-functions-runtime 1.3.0, and uvicorn where its server is felt.
https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import asyncio
import contextvars
import importlib
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

from .channel import Kind
from .flow import END, PIECE, WINDOW, Inflow, Outflow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .channel import Head

    Post = Callable[[Kind, Head, Sequence[bytes]], None]
    Message = dict[str, Any]
    Whole = tuple[Head, bytes]

_INVOCATION = "x-ms-invocation-id"
_SPEC = "2.3"
"""Of ASGI; uvicorn's. From 2.4 on frameworks would notice a client that left at their next send."""
_WITHOUT_BODY = frozenset({204, 304})

_current: contextvars.ContextVar[Exchange] = contextvars.ContextVar("exchange")


class HttpServerInitError(Exception):
    """The app's web extension cannot be started; class and words are the official ones."""

    def __init__(self, fault: Exception) -> None:
        super().__init__(f"Error initializing HTTP server: {fault}")


class Respond(Protocol):
    """Runs the function of one request."""

    async def __call__(self, request: Any) -> Any:  # noqa: ANN401 - the framework's own types
        """Return the function's response, or raise what it raised."""
        ...


class WebApplication:
    """The web application that the extension provides, with the one endpoint of all functions.

    Args:
        base: The app's ``azurefunctions.extensions.base``.

    Raises:
        HttpServerInitError: The extension does not provide one.
    """

    def __init__(self, base: Any) -> None:  # noqa: ANN401 - a module of the app's own library
        tracker = base.RequestTrackerMeta

        async def catch_all(request: Any) -> Any:  # noqa: ANN401 - the framework's own types
            exchange = _current.get()
            tracker.get_synchronizer().sync_route_params(request, exchange.route_parameters)
            return await exchange.respond(request)

        try:
            # The framework tells by the annotation what the endpoint wants.
            catch_all.__annotations__ = {"request": tracker.get_request_type()}
            web = importlib.import_module(base.ModuleTrackerMeta.get_module()).WebApp()
            web.route(catch_all)
            self._application = web.get_app()
        except Exception as fault:
            raise HttpServerInitError(fault) from fault

    async def answer(self, exchange: Exchange) -> None:
        """Answer one request; raises what the application raises."""
        _current.set(exchange)
        await self._application(exchange.scope, exchange.receive, exchange.send)


class Exchange:
    """One request and its response, as the application sees them and as the channel carries them.

    Args:
        head: The request's, as the host describes it.
        body: The begin of its body, all of it unless the head says that there is more.
        identity: The invocation's id.
        respond: Runs the function.
        post: Sends a message to the host.
        completed: Called once when the application has given the whole response: with it where it
            is so small that it goes with the result, else None, and it was handed to the channel.
    """

    def __init__(
        self,
        head: Head,
        body: bytes,
        *,
        identity: str,
        respond: Respond,
        post: Post,
        completed: Callable[[Whole | None], None],
    ) -> None:
        self.scope = _scope(head, identity)
        self.route_parameters: dict[str, str] = head["p"]
        self.respond = respond
        self.gone = False
        self.complete = False
        self._post = post
        self._completed = completed
        self._request = Inflow(lambda size: post(Kind.CREDIT, {"n": size}, ()), owed=WINDOW)
        self._response = Outflow(lambda head, pieces: post(Kind.BODY, head, pieces), WINDOW)
        self._expected: int | None = None
        self._start: Head | None = None
        if body or not head["more"]:
            self._request.put({} if head["more"] else {END: True}, body)

    def arrived(self, head: Head, piece: bytes) -> None:
        """Take a message about the request's body: a piece of it, or that the client is gone."""
        if "gone" in head:
            self.gone = True
            self._request.close()
            self._response.close()
        else:
            self._request.put(head, piece)

    def granted(self, size: int) -> None:
        """Take note that the host has room for more of the response."""
        self._response.grant(size)

    async def receive(self) -> Message:
        """Return the next ASGI message of the request."""
        taken = await self._request.take()
        if taken is None:
            return {"type": "http.disconnect"}
        head, piece = taken
        return {"type": "http.request", "body": piece, "more_body": END not in head}

    async def send(self, message: Message) -> None:
        """Send an ASGI message of the response; it waits while the client does not read.

        What is sent after the client left is dropped, as every ASGI server does.

        Raises:
            RuntimeError: The response is longer or shorter than its Content-Length.
        """
        if self.gone:
            await asyncio.sleep(0)  # who never waits would keep the loop from all others
        elif message["type"] == "http.response.start":
            self._begin(message["status"], list(message.get("headers", ())))
        elif message["type"] == "http.response.body":
            await self._continue(message.get("body", b""), more=message.get("more_body", False))

    def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self._expected = None
        for name, value in headers:
            if name.lower() == b"content-length":
                self._expected = int(value)
        if status in _WITHOUT_BODY:
            self._expected = 0
        told = [[str(name, "latin-1"), str(value, "latin-1")] for name, value in headers]
        # With a small body that follows at once it makes one message, which saves a third of the
        # time that a plain answer takes; a stream's is sent before its first piece is made.
        self._start = {"start": [status, told]}
        asyncio.get_running_loop().call_soon(self._announce)

    def _announce(self) -> None:
        if self._start is not None:
            self._post(Kind.BODY, self._start, ())
            self._start = None

    async def _continue(self, body: bytes | memoryview, *, more: bool) -> None:
        if self.scope["method"] == "HEAD":
            body = b""
        elif self._expected is not None:
            self._expected -= len(body)
            if self._expected < 0:
                raise RuntimeError("Response content longer than Content-Length")
            if self._expected and not more:
                raise RuntimeError("Response content shorter than Content-Length")
        if self._start is not None and not more and len(body) <= PIECE:
            whole = ({**self._start, END: True}, bytes(body))
            self._start = None
            self._complete(whole)
            return
        self._announce()
        if more and not body:
            await asyncio.sleep(0)
        await self._response.send(body, end=not more)
        if not more and not self.gone:
            self._complete(None)

    def _complete(self, whole: Whole | None) -> None:
        self.complete = True
        self._request.close()
        self._completed(whole)


def _scope(head: Head, identity: str) -> dict[str, Any]:
    """Return the ASGI scope of a request that the host has described."""
    scheme, path, query = head["target"]
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in head["h"]
        if name != _INVOCATION
    ]
    headers.append((_INVOCATION.encode(), identity.encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": _SPEC},
        "http_version": head["version"],
        "method": head["m"],
        "scheme": scheme,
        "root_path": "",
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": headers,
        "client": head["client"] and tuple(head["client"]),
        "server": head["server"] and tuple(head["server"]),
        "state": {},
    }
