"""The ASGI application of one app: routes, authorises, invokes, answers; raw for its speed.

A framework in this path costs a third of the requests per second (measured: 0.40 against 0.52 of a
bare server), so nothing stands between the server and the channel.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from funcyard.functions.model import HTTP_STREAMS
from funcyard.host.http import admin, webhooks
from funcyard.host.http.request import (
    BodyTooLargeError,
    ClientGoneError,
    header,
    query_of,
    read_body,
    to_value,
)
from funcyard.host.http.response import respond, respond_outcome, respond_text
from funcyard.host.http.streaming import HttpExchange
from funcyard.host.invocation import NoWorkerError, Outcome, Value, WorkerLost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.functions.model import Function
    from funcyard.host.http.gateway import Gateway
    from funcyard.host.http.request import Receive, Scope
    from funcyard.host.http.response import Send
    from funcyard.host.http.routing import Match
    from funcyard.host.http.site import Site


class HttpApp:
    """ASGI application in front of one app."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._outstanding = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            await self._answer(scope, receive, send)
        except BodyTooLargeError:
            await respond_text(send, 413, "the request's body is too large")
        except ClientGoneError:
            return
        except asyncio.CancelledError:
            # The server ends and waits no longer for the rest of the request or of the answer.
            with contextlib.suppress(RuntimeError):  # an answer has begun already
                await respond_text(send, 503, f"{self._gateway.name} is stopping")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["raw_path"], "latin-1")
        if path.startswith("/admin/") or path == "/admin":
            await admin.answer(self._gateway, scope, receive, send)
            return
        if self._gateway.site is None:
            await self._gateway.tried()
        if (site := self._gateway.site) is None:
            await respond_text(send, 503, f"{self._gateway.name} has not loaded: see its log")
            return
        if path.lower().startswith(webhooks.PREFIX):
            await webhooks.answer(self._gateway, site, scope, receive, send)
            return
        found = site.routes.match(path, scope["method"])
        if found is None:
            await self._no_route(path, send)
        elif isinstance(found, frozenset):
            allowed = ", ".join(sorted(found)).encode()
            await respond(send, 405, [(b"allow", allowed)])
        else:
            await self._invoke(site, found, scope, receive, send)

    async def _no_route(self, path: str, send: Send) -> None:
        if path == "/":
            await respond_text(send, 200, f"{self._gateway.name} is running")
        else:
            await respond(send, 404, [])

    async def _invoke(
        self, site: Site, match: Match, scope: Scope, receive: Receive, send: Send
    ) -> None:
        function = site.functions[match.route.function]
        query = query_of(scope)
        if (keys := self._gateway.keys) is not None:
            given = header(scope, b"x-functions-key") or query.get("code", "")
            level = str(function.trigger.get("authLevel") or "function")
            if not keys.admit(level, function.name, given):
                await respond(send, 401, [])
                return
        if 0 <= site.outstanding <= self._outstanding:
            await respond(send, 429, [])
            return
        self._outstanding += 1
        try:
            await self._run(site, function, match, query, scope, receive, send)
        finally:
            self._outstanding -= 1

    async def _run(
        self,
        site: Site,
        function: Function,
        match: Match,
        query: Mapping[str, str],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        trace = (header(scope, b"traceparent"), header(scope, b"tracestate"))
        data = {**query, **match.parameters}
        invocations = self._gateway.invocations
        exchange: HttpExchange | None = None
        try:
            if HTTP_STREAMS in function.needs:
                exchange = HttpExchange(scope, receive, send, site.headers)
                streamed = await exchange.request(match.parameters, query)
                outcome = await exchange.carry(
                    invocations.serve(function, streamed, trace=trace, data=data)
                )
            else:
                body = await read_body(receive)
                request = to_value(scope, body, match.parameters, query)
                outcome = await invocations.serve(function, request, trace=trace, data=data)
        except NoWorkerError as fault:
            await respond_text(send, 503, fault.message)
            return
        except WorkerLost:
            if exchange is None or not exchange.begun:
                await respond_text(send, 502, "the worker ended while it ran the function")
            return
        if exchange is not None and exchange.begun:
            return  # one that is incomplete is broken off by the server
        await respond_outcome(send, outcome, _response_of(function, outcome), site.headers)


def _response_of(function: Function, outcome: Outcome) -> Value | None:
    """Return the HTTP output: ``$return``, or the ``Out`` of an http binding."""
    if outcome.returned is not None:
        return outcome.returned
    for binding in function.outputs:
        if binding.type == "http" and binding.name in outcome.outputs:
            return outcome.outputs[binding.name]
    return None
