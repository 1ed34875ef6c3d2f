"""The address of an instance: Grafana's HTTP API, for who has a role in it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from funcyard.emulator.grafana import errors, routes
from funcyard.emulator.grafana.access import user_of
from funcyard.emulator.grafana.call import Call
from funcyard.emulator.grafana.errors import GrafanaError
from funcyard.emulator.http import Answer, GoneError, TooLargeError, request_of, send_answer

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.grafana.store import GrafanaStore
    from funcyard.emulator.http import Receive, Request, Scope, Send

_LOGGER = logging.getLogger(__name__)
_HEALTH: Final = "/api/health"
VERSION: Final = "11.6.3"
"""The version of Grafana whose answers these are."""


class GrafanaApp:
    """A Grafana as clients reach it.

    Args:
        core: Who may what is known there.
        store: What it keeps.
        instance: Its id.
    """

    def __init__(self, core: Core, store: GrafanaStore, instance: str) -> None:
        self._core = core
        self._store = store
        self._instance = instance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            request = await request_of(scope, receive)
            answer = self._answered(request, scope)
        except GoneError:
            return
        except TooLargeError:
            answer = Answer(413, {"message": "request body too large"})
        await send_answer(send, answer)

    def _answered(self, request: Request, scope: Scope) -> Answer:
        try:
            return self._answer(request, scope)
        except GrafanaError as fault:
            return Answer(fault.status, fault.body())
        except Exception:
            _LOGGER.exception("%s %s", request.method, request.path)
            return Answer(500, {"message": "Internal server error"})

    def _answer(self, request: Request, scope: Scope) -> Answer:
        if (request.method, request.path) == ("GET", _HEALTH):
            return Answer(200, {"commit": "local", "database": "ok", "version": VERSION})
        kept = self._core.store.find(self._instance)
        if kept is None:
            raise errors.not_found("Grafana")
        user = user_of(
            request.headers.get("authorization", ""),
            self._core,
            self._store,
            self._instance,
            takes_tokens=kept.properties.get("apiKey") == "Enabled",
        )
        handler, role, names = routes.find(request.method, scope["raw_path"].decode("latin-1"))
        user.check(role)
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        with self._store.transaction():
            return handler(Call(self._store, self._core.clock, user, request, names, query))
