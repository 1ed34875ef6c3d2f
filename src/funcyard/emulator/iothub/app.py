"""The ASGI application at a hub's address: what services and devices ask over HTTPS."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from funcyard.emulator.http import Answer, GoneError, TooLargeError, request_of, send_answer
from funcyard.emulator.iothub import device_side, errors, registry, services
from funcyard.emulator.iothub.call import HubCall
from funcyard.emulator.iothub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.emulator.http import Receive, Request, Scope, Send
    from funcyard.emulator.iothub.hub import Hub

    Handler = Callable[[HubCall], Awaitable[Answer]]

_LOGGER = logging.getLogger(__name__)
_VERSION: Final = re.compile(r"20(1[6-9]|2[0-9])-\d\d-\d\d(-preview)?")
_DEVICE_BOUND: Final = "/devices/{}/messages/devicebound"
_ROUTES: Final[dict[str, dict[str, Handler]]] = {
    "/devices": {"GET": registry.list_devices, "POST": registry.bulk},
    "/devices/query": {"POST": registry.query_twins},
    "/devices/{}": {
        "GET": registry.get_device,
        "PUT": registry.put_device,
        "DELETE": registry.delete_device,
    },
    "/devices/{}/commands": {"DELETE": services.purge},
    "/devices/{}/messages/events": {"POST": device_side.send},
    _DEVICE_BOUND: {"GET": device_side.receive, "POST": services.send_message},
    f"{_DEVICE_BOUND}/{{}}": {"DELETE": device_side.settle},
    f"{_DEVICE_BOUND}/{{}}/abandon": {"POST": device_side.abandon},
    "/twins/{}": {
        "GET": services.get_twin,
        "PATCH": services.patch_twin,
        "PUT": services.put_twin,
    },
    "/twins/{}/methods": {"POST": services.call_method},
    "/statistics/devices": {"GET": registry.device_statistics},
    "/statistics/service": {"GET": registry.service_statistics},
    "/messages/servicebound/feedback": {"GET": services.feedback},
}
_PATTERNS: Final = [
    (re.compile(re.escape(path).replace(r"\{\}", "([^/]+)"), re.IGNORECASE), methods)
    for path, methods in _ROUTES.items()
]


class HubApp:
    """A hub at its address.

    Args:
        hub: Which.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            request = await request_of(scope, receive)
            answer = await self._answer(request, scope["raw_path"].decode("latin-1"))
        except GoneError:
            return
        except TooLargeError:
            answer = _refusal(HubError(413, "MessageTooLarge"))
        except HubError as fault:
            answer = _refusal(fault)
        except Exception:
            _LOGGER.exception("%s %s", scope["method"], scope["path"])
            answer = _refusal(HubError(500, "ServerError"))
        await send_answer(send, answer)

    async def _answer(self, request: Request, path: str) -> Answer:
        named = ((pattern.fullmatch(path.rstrip("/")), methods) for pattern, methods in _PATTERNS)
        found, methods = next((pair for pair in named if pair[0]), (None, {}))
        if found is None:
            raise errors.not_served(f"the address {request.path}")
        handler = methods.get(request.method)
        if handler is None:
            raise HubError(405, "MethodNotAllowed")
        if not _VERSION.fullmatch(request.query.get("api-version", "").lower()):
            raise HubError(400, "InvalidProtocolVersion", "The api-version is missing or none.")
        names = tuple(unquote(name) for name in found.groups())
        return await handler(HubCall(self._hub, request, names))


def _refusal(fault: HubError) -> Answer:
    headers = dict(fault.headers)
    if fault.status == 401:  # noqa: PLR2004 - of HTTP
        headers["www-authenticate"] = 'Bearer authorization_uri="https://login.windows.net"'
    return Answer(fault.status, fault.body(), headers)
