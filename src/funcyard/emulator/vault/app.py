"""The ASGI application: the sign-in and the vaults at one address, told apart by their paths.

A request is read whole, judged, carried out in one transaction and answered, one after another.
"""

from __future__ import annotations

import logging
import re
import uuid
from typing import TYPE_CHECKING, Final

from funcyard.emulator.http import (
    Answer,
    GoneError,
    Request,
    TooLargeError,
    request_of,
    send_answer,
)
from funcyard.emulator.identity import endpoints
from funcyard.emulator.vault import reading, routes
from funcyard.emulator.vault.authentication import authenticate, challenge
from funcyard.emulator.vault.errors import VaultError
from funcyard.emulator.vault.operations import Call
from funcyard.emulator.vault.records import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.http import Receive, Scope, Send
    from funcyard.emulator.identity.issuer import Issuer
    from funcyard.emulator.vault.store import Store

_LOGGER = logging.getLogger(__name__)
_HOST: Final = re.compile(r"([a-z0-9-]+)\.vault\.[^:]+(?::\d+)?", re.IGNORECASE)
_UNAUTHORIZED: Final = 401
_HEADERS: Final = {
    "cache-control": "no-cache",
    "pragma": "no-cache",
    "x-ms-keyvault-region": "local",
    "x-ms-keyvault-service-version": "funcyard",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000;includeSubDomains",
}


class VaultApp:
    """The sign-in of a tenant and its vaults.

    Args:
        store: What they keep.
        issuer: Whose tokens count.
        vaults: Their names; the first is meant where the host names none.
        retention: For how many days deleted secrets are kept.
    """

    def __init__(
        self, store: Store, issuer: Issuer, vaults: Sequence[str], *, retention: int
    ) -> None:
        self._store = store
        self._issuer = issuer
        self._vaults = vaults
        self._retention = retention

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = {"x-ms-request-id": str(uuid.uuid4())}
        try:
            request = await request_of(scope, receive)
        except GoneError:
            return
        except TooLargeError:
            large = VaultError(413, "RequestEntityTooLarge", "The request body is too large.")
            await send_answer(send, Answer(large.status, large.body(), headers))
            return
        answer = endpoints.answer(request, self._issuer)
        if answer is None:
            answer = self._answered(request)
            headers |= _HEADERS
        if echo := request.headers.get("x-ms-client-request-id"):
            headers["x-ms-client-request-id"] = echo[:128]
        await send_answer(send, Answer(answer.status, answer.body, {**headers, **answer.headers}))

    def _answered(self, request: Request) -> Answer:
        try:
            return self._answer(request)
        except VaultError as fault:
            headers = {}
            if fault.status == _UNAUTHORIZED:
                headers["www-authenticate"] = challenge(self._issuer)
            return Answer(fault.status, fault.body(), headers)
        except Exception:
            _LOGGER.exception("%s %s", request.method, request.path)
            failed = VaultError(500, "InternalError", "An internal error occurred.")
            return Answer(failed.status, failed.body())

    def _answer(self, request: Request) -> Answer:
        authenticate(request, self._issuer)
        reading.check_api_version(request)
        vault = self._vault(request.host)
        shown = Shown(f"https://{request.host}", self._retention)
        operation, name, version = routes.find(request)
        call = Call(request, self._store, vault, shown, name, version)
        with self._store.transaction():
            return operation(call)

    def _vault(self, host: str) -> str:
        named = _HOST.fullmatch(host)
        name = named[1].lower() if named else self._vaults[0]
        if name not in self._vaults:
            raise VaultError(404, "VaultNotFound", f"There is no vault {name} here.")
        return name
