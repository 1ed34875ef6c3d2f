"""The address of an instance: its graph over HTTP, for bearers of tokens with a role."""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import jwt

from funcyard.emulator.core.access import caller_of
from funcyard.emulator.digitaltwins import routes
from funcyard.emulator.digitaltwins.call import Call
from funcyard.emulator.digitaltwins.errors import TwinsError
from funcyard.emulator.http import Answer, GoneError, TooLargeError, request_of, send_answer

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.digitaltwins.graph import Graph
    from funcyard.emulator.http import Receive, Request, Scope, Send

_LOGGER = logging.getLogger(__name__)
_AUDIENCES: Final = (
    "https://digitaltwins.azure.net",
    "https://digitaltwins.azure.net/",
    "0b07f429-9f4b-4714-9392-cc5e8e80c8b0",
)
"""What a token for Azure Digital Twins is for."""


class TwinsApp:
    """A graph as clients reach it.

    Args:
        core: Who may what is known there.
        graph: What is served.
        scope: Id of the instance.
    """

    def __init__(self, core: Core, graph: Graph, scope: str) -> None:
        self._core = core
        self._graph = graph
        self._scope = scope

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            request = await request_of(scope, receive)
            raw_path = scope["raw_path"].decode("latin-1")
            answer = await self._answered(_whole(request, scope), raw_path)
        except GoneError:
            return
        except TooLargeError:
            large = TwinsError(413, "RequestEntityTooLarge", "The request body is too large.")
            answer = Answer(large.status, large.body(), large.headers)
        headers = {"x-ms-request-id": str(uuid.uuid4()), **answer.headers}
        await send_answer(send, replace(answer, headers=headers))

    async def _answered(self, request: Request, raw_path: str) -> Answer:
        try:
            return await self._answer(request, raw_path)
        except TwinsError as fault:
            return Answer(fault.status, fault.body(), fault.headers)
        except Exception:
            _LOGGER.exception("%s %s", request.method, request.path)
            failed = TwinsError(500, "InternalServerError", "An internal error occurred.")
            return Answer(failed.status, failed.body(), failed.headers)

    async def _answer(self, request: Request, raw_path: str) -> Answer:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            caller = caller_of(
                token.strip() if scheme.lower() == "bearer" else "", self._core, _AUDIENCES
            )
        except jwt.PyJWTError as fault:
            challenge = f'Bearer authorization_uri="{self._core.issuer.authority}"'
            raise TwinsError(
                401,
                "Unauthorized",
                f"A token for {_AUDIENCES[0]} is needed: {fault}.",
                headers={"www-authenticate": challenge},
            ) from None
        routes.check_version(request.query.get("api-version", ""))
        route = routes.find(request.method, raw_path)
        if not self._core.allows_data(caller, route.action, self._scope):
            raise TwinsError(
                403,
                "Forbidden",
                f"The client with object id '{caller.id}' has no role at {self._scope} that allows"
                f" '{route.action}', such as Azure Digital Twins Data Owner.",
            )
        return await route.handler(Call(self._graph, request, route.names))


def _whole(request: Request, scope: Scope) -> Request:
    """Return a request whose repeated parameters are one, with commas."""
    query: dict[str, str] = {}
    for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    return replace(request, query=query)
