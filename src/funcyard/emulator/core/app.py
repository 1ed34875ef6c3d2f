"""The ASGI application: sign-in, Key Vault, Graph and the Resource Manager at one address.

They are told apart by their paths. A request to the Resource Manager is read whole, its sender
found out, and answered; whatever is refused becomes Azure's own error.
"""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Final

from funcyard.emulator.activitylog import events
from funcyard.emulator.core import access, routes
from funcyard.emulator.core.call import Call
from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.target import read
from funcyard.emulator.graph import app as graph
from funcyard.emulator.http import Answer, GoneError, TooLargeError, request_of, send_answer
from funcyard.emulator.identity import endpoints
from funcyard.emulator.internal import said_of
from funcyard.emulator.loganalytics import queries
from funcyard.emulator.managed_identity import endpoint
from funcyard.emulator.managed_identity.app_header import PATH

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.http import Receive, Request, Scope, Send
    from funcyard.emulator.vault.app import VaultApp

_LOGGER = logging.getLogger(__name__)
_VAULT: Final = ("/secrets", "/deletedsecrets")
_HEADERS: Final = {
    "cache-control": "no-cache",
    "pragma": "no-cache",
    "expires": "-1",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
}


class AzureApp:
    """The local Azure at its one address.

    Args:
        core: Its Resource Manager.
        vault: Its Key Vault.
    """

    def __init__(self, core: Core, vault: VaultApp) -> None:
        self._core = core
        self._vault = vault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["path"].startswith(_VAULT):
            await self._vault(scope, receive, send)
            return
        try:
            request = await request_of(scope, receive)
        except GoneError:
            return
        except TooLargeError:
            large = ArmError(413, "RequestContentTooLarge", "The request body is too large.")
            await send_answer(send, Answer(large.status, large.body()))
            return
        identifier = str(uuid.uuid4())
        answer = endpoints.answer(request, self._core.issuer)
        if answer is None and request.path == PATH:
            answer = endpoint.answer(self._core, request)
        if answer is None and request.path.startswith(graph.PREFIX):
            answer = await graph.answer(self._core, request)
        if answer is None and queries.is_query(request.path):
            answer = await queries.answer(self._core, request)
        if answer is None:
            answer = await self._answered(request, identifier)
        headers = {"x-ms-request-id": identifier, "x-ms-correlation-request-id": identifier}
        if echo := request.headers.get("x-ms-client-request-id"):
            headers["x-ms-client-request-id"] = echo[:128]
        body = None if request.method == "HEAD" else answer.body
        await send_answer(send, Answer(answer.status, body, {**headers, **answer.headers}))

    async def _answered(self, request: Request, identifier: str) -> Answer:
        try:
            answer = await self._answer(request, identifier)
        except ArmError as fault:
            answer = Answer(fault.status, fault.body(), fault.headers)
        except Exception as fault:
            _LOGGER.exception("%s %s", request.method, request.path)
            failed = ArmError(500, "InternalServerError", said_of(fault))
            answer = Answer(failed.status, failed.body())
        return Answer(answer.status, answer.body, {**_HEADERS, **answer.headers})

    async def _answer(self, request: Request, identifier: str) -> Answer:
        core = self._core
        caller = access.authenticate(request, core)
        await core.faults.before(request, core.clock)
        target, word = read(request.path)
        call = Call(core, request, caller, target, word)
        try:
            answer = await routes.answer(call)
        except ArmError as fault:
            self._record(call, Answer(fault.status, fault.body()), identifier)
            raise
        self._record(call, answer, identifier)
        core.faults.after(request)
        return answer

    def _record(self, call: Call, answer: Answer, identifier: str) -> None:
        """Write a change into the activity log."""
        now = self._core.clock.stamp()
        event = events.of_request(call, answer.status, answer.body, identifier, now)
        if event is not None:
            self._core.activity.add(event)
