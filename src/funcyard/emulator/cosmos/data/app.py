"""The ASGI application of an account's data plane: one request after another, each whole."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from funcyard.emulator.cosmos.data import authentication, errors, routes
from funcyard.emulator.cosmos.data.addressing import Address
from funcyard.emulator.cosmos.data.call import Call, Reply
from funcyard.emulator.cosmos.data.errors import DataError
from funcyard.emulator.http import Answer, GoneError, TooLargeError, request_of, send_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.cosmos.data.account import Account
    from funcyard.emulator.cosmos.store.store import Store
    from funcyard.emulator.http import Receive, Request, Scope, Send

_LOGGER = logging.getLogger(__name__)
_CONTAINER_NAMES: Final = 2
_HEADERS: Final = {
    "cache-control": "no-store, no-cache",
    "pragma": "no-cache",
    "strict-transport-security": "max-age=31536000",
    "x-ms-gatewayversion": "version=2.14.0",
    "x-ms-serviceversion": "version=2.14.0.0",
    "x-ms-schemaversion": "1.18",
}


class CosmosApp:
    """The data plane of an account.

    Args:
        account: Returns what the Resource Manager knows of it now.
        store: What it holds.
        clock: The time of the local Azure.
    """

    def __init__(self, account: Callable[[], Account], store: Store, clock: Clock) -> None:
        self._account = account
        self._store = store
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        activity = str(uuid.uuid4())
        try:
            request = await request_of(scope, receive)
        except GoneError:
            return
        except TooLargeError:
            large = errors.too_large()
            await send_answer(send, Answer(large.status, large.body(activity), _HEADERS))
            return
        if given := request.headers.get("x-ms-activity-id"):
            activity = given[:128]
        await send_answer(send, self._answered(request, activity))

    def _answered(self, request: Request, activity: str) -> Answer:
        told = {**_HEADERS, "x-ms-activity-id": activity}
        try:
            call, path = self._call(request)
            reply = routes.answer(call, path)
        except DataError as fault:
            charge = {"x-ms-request-charge": "1"}
            return Answer(fault.status, fault.body(activity), {**told, **charge, **fault.headers()})
        except Exception:
            _LOGGER.exception("%s %s", request.method, request.path)
            failed = DataError(500, "An internal error occurred.")
            return Answer(failed.status, failed.body(activity), told)
        body = None if reply.status in {204, 304} else reply.body
        return Answer(reply.status, body, {**told, **_more(call, reply)})

    def _call(self, request: Request) -> tuple[Call, str]:
        """Return a request whose sender is known, and its address without names.

        Raises:
            DataError: Its sender is not.
        """
        account = self._account()
        authentication.authenticate(request, account, self._clock.time())
        self._store.expire(self._clock.time())
        address = Address.of(request)
        names = address.names(self._store)
        return Call(request, account, self._store, self._clock, names), address.shape


def _more(call: Call, reply: Reply) -> dict[str, str]:
    """Return what all answers tell: what they cost, and of a container how far its changes are."""
    headers = {"x-ms-request-charge": f"{reply.charge:g}", **(reply.headers or {})}
    if len(call.names) < _CONTAINER_NAMES:
        return headers
    database = call.store.database(call.names[0])
    container = database and call.store.container(database, call.names[1])
    if container:
        last = call.store.last(container)
        headers |= {
            "x-ms-session-token": f"0:-1#{last}",
            "lsn": str(last),
            # By which clients know whose session token it is.
            "x-ms-alt-content-path": quote(f"dbs/{call.names[0]}/colls/{call.names[1]}"),
            "x-ms-content-path": container.rid,
        }
    return headers
