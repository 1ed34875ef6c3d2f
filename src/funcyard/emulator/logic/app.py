"""The address of a workflow: a request that is signed runs it.

https://learn.microsoft.com/azure/connectors/connectors-native-reqres
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.http import Answer, GoneError, TooLargeError, request_of, send_answer
from funcyard.emulator.logic.callback import may
from funcyard.emulator.logic.definition import Definition, definition_of
from funcyard.emulator.logic.naming import ENABLED, base_of
from funcyard.emulator.logic.running import Run, body_of

if TYPE_CHECKING:
    import ssl

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.http import Receive, Request, Scope, Send
    from funcyard.emulator.logic.runs import Runs

_LOGGER = logging.getLogger(__name__)
_INVOKE: Final = re.compile(r"/workflows/[0-9a-f]{32}/triggers/([^/]+)/paths/invoke")
_HELD_BACK: Final = frozenset({"authorization", "host", "content-length", "connection"})
_BODILESS: Final = frozenset({204, 304})
_NOT_SENT: Final = frozenset({"content-length", "transfer-encoding", "connection"})


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    code: str
    message: str

    def answer(self) -> Answer:
        return Answer(self.status, {"error": {"code": self.code, "message": self.message}})


class WorkflowApp:
    """A workflow as callers reach it.

    Args:
        core: Where the workflow is.
        runs: Its runs.
        identity: Its id.
        trust: What the addresses of this machine are trusted by.
    """

    def __init__(self, core: Core, runs: Runs, identity: str, trust: ssl.SSLContext) -> None:
        self._core = core
        self._trust = trust
        self._identity = identity
        self._tasks: set[asyncio.Task[None]] = set()
        self.runs = runs

    def close(self) -> None:
        """Let go of the runs that go on, and of what is kept of them."""
        for task in self._tasks:
            task.cancel()
        self.runs.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            request = await request_of(scope, receive)
            answer = await self._answered(request)
        except GoneError:
            return
        except TooLargeError:
            answer = _Refusal(413, "RequestEntityTooLarge", "The request is too large.").answer()
        await send_answer(send, answer)

    async def _answered(self, request: Request) -> Answer:
        try:
            return await self._answer(request)
        except Exception:
            _LOGGER.exception("%s %s", request.method, request.path)
            return _Refusal(500, "InternalServerError", "An internal error occurred.").answer()

    async def _answer(self, request: Request) -> Answer:
        kept = self._core.store.find(self._identity)
        found = _INVOKE.fullmatch(request.path)
        if kept is None or found is None:
            return _Refusal(404, "NotFound", "Nothing is served at this address.").answer()
        definition = definition_of(
            kept.properties["definition"], kept.properties.get("parameters") or {}
        )
        refusal = self._refusal(request, kept, definition, found[1])
        if refusal is not None:
            return refusal.answer()
        run = Run(self.runs, definition, _told(request), self._core.clock.stamp, self._trust)
        task = asyncio.create_task(run.carry_out(), name=f"run {run.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        headers = {
            "x-ms-workflow-id": base_of(self._core, kept).rpartition("/")[2],
            "x-ms-workflow-name": kept.name,
            "x-ms-workflow-run-id": run.name,
            "x-ms-trigger-type": "Request",
        }
        if not definition.responds:
            return Answer(202, headers=headers)
        response = await asyncio.shield(run.response)
        if response is None:
            refused = _Refusal(
                502, "NoResponse", "The server did not receive a response from an upstream server."
            ).answer()
            return Answer(refused.status, refused.body, headers)
        return _responded(response, headers)

    def _refusal(
        self, request: Request, kept: Kept, definition: Definition, trigger: str
    ) -> _Refusal | None:
        if "sig" not in request.query:
            return _Refusal(
                401,
                "DirectApiAuthorizationRequired",
                "The request must be authenticated only by Shared Access scheme.",
            )
        base = base_of(self._core, kept)
        now = self._core.clock.time()
        if trigger != definition.trigger or not may(
            base, trigger, kept.secrets, request.query, now
        ):
            return _Refusal(
                401, "AuthorizationFailed", "The authentication credentials are not valid."
            )
        if request.method != definition.method:
            return _Refusal(
                405,
                "MethodNotAllowed",
                f"The trigger takes {definition.method}, not {request.method}.",
            )
        if kept.properties["state"] != ENABLED:
            return _Refusal(
                400, "WorkflowTriggerIsNotEnabled", f"The workflow '{kept.name}' is not enabled."
            )
        return None


def _told(request: Request) -> Json:
    """Return what a workflow sees of a request."""
    queries = {
        name: value
        for name, value in request.query.items()
        if name not in {"api-version", "sp", "sv", "sig", "se"}
    }
    headers = {name: one for name, one in request.headers.items() if name not in _HELD_BACK}
    body: Any = body_of(request.body, request.headers.get("content-type", ""))
    return {"headers": headers, "queries": queries, "body": body}


def _responded(response: Json, headers: dict[str, str]) -> Answer:
    given = {
        str(name).lower(): str(value) for name, value in (response.get("headers") or {}).items()
    }
    given = {name: value for name, value in given.items() if name not in _NOT_SENT}
    body = response.get("body")
    if response["statusCode"] in _BODILESS:
        return Answer(response["statusCode"], None, {**headers, **given})
    if isinstance(body, str):
        given.setdefault("content-type", "text/plain; charset=utf-8")
        return Answer(response["statusCode"], body.encode(), {**headers, **given})
    content = None if body is None else json.dumps(body).encode()
    if content is not None:
        given.setdefault("content-type", "application/json; charset=utf-8")
    return Answer(response["statusCode"], content, {**headers, **given})
