"""The address of a topic: ``POST /api/events``, answered once the events are kept."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Final

from funcyard.emulator.eventgrid import authentication
from funcyard.emulator.eventgrid.reception import received
from funcyard.emulator.eventgrid.refusals import RefusedError
from funcyard.emulator.http import Answer, GoneError, TooLargeError, request_of, send_answer

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.http import Receive, Request, Scope, Send

_LOGGER = logging.getLogger(__name__)
_PATH: Final = "/api/events"
_VERSION: Final = "2018-01-01"


def plane_of(kept: Kept) -> str:
    """Return the name under which a topic's address is kept."""
    return f"event grid topic {kept.key}"


class TopicApp:
    """What answers at a topic's address.

    Args:
        core: Where the topic is kept.
        key: The topic's.
    """

    def __init__(self, core: Core, key: str) -> None:
        self._core = core
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            answer = self._answer(await request_of(scope, receive))
        except GoneError:
            return
        except TooLargeError:
            refused = RefusedError(413, "PayloadTooLarge", "The maximum size has been exceeded.")
            answer = Answer(refused.status, refused.body())
        except RefusedError as fault:
            answer = Answer(fault.status, fault.body())
        except Exception:
            _LOGGER.exception("events for %s", self._key)
            failed = RefusedError(500, "InternalServerError", "An internal error occurred.")
            answer = Answer(failed.status, failed.body())
        headers = {"x-ms-request-id": str(uuid.uuid4()), "api-supported-versions": _VERSION}
        await send_answer(send, Answer(answer.status, answer.body, {**headers, **answer.headers}))

    def _answer(self, request: Request) -> Answer:
        if request.path.rstrip("/").lower() != _PATH:
            raise RefusedError(404, "NotFound", f"Events are published at {_PATH}.")
        if request.method != "POST":
            raise RefusedError(405, "MethodNotAllowed", f"{request.method} is not supported.")
        if request.query.get("api-version") != _VERSION:
            raise RefusedError(400, "BadRequest", f"The api-version has to be '{_VERSION}'.")
        topic = self._core.store.find(self._key)
        if topic is None or topic.state == "Creating":
            raise RefusedError(404, "NotFound", "The topic is not there.")
        authentication.check(self._core, topic, request)
        if topic.properties["publicNetworkAccess"] == "Disabled":
            raise RefusedError(403, "Forbidden", "The topic takes nothing from public networks.")
        events = received(request, topic.properties["inputSchema"], topic.id)
        self._core.grid.accept(topic.id, events)
        return Answer(200)
