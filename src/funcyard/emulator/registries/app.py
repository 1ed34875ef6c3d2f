"""The address of a registry: the distribution API, and the exchange of tokens.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from funcyard.emulator.http import GoneError
from funcyard.emulator.registries import errors, routes
from funcyard.emulator.registries.access import Access
from funcyard.emulator.registries.call import call_of, document, send_reply
from funcyard.emulator.registries.errors import RegistryError

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.http import Receive, Scope, Send
    from funcyard.emulator.registries.call import Reply
    from funcyard.emulator.registries.store import RegistryStore

_LOGGER = logging.getLogger(__name__)


class RegistryApp:
    """A registry as clients reach it.

    Args:
        core: Who may what is known there.
        store: What it keeps.
        registry: Its id.
    """

    def __init__(self, core: Core, store: RegistryStore, registry: str) -> None:
        self._core = core
        self._store = store
        self._registry = registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            reply = await self._answered(scope, receive)
        except GoneError:
            return
        await send_reply(send, reply, is_head=scope["method"] == "HEAD")

    async def _answered(self, scope: Scope, receive: Receive) -> Reply:
        try:
            return await self._answer(scope, receive)
        except RegistryError as fault:
            return document(fault.status, fault.body(), fault.headers)
        except GoneError:
            raise
        except Exception:
            _LOGGER.exception("%s %s", scope["method"], scope["path"])
            failed = RegistryError(500, "UNKNOWN", "an internal error occurred")
            return document(failed.status, failed.body())

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        kept = self._core.store.find(self._registry)
        if kept is None:
            raise errors.not_served(scope["path"])
        access = Access(self._core, kept)
        call = call_of(scope, receive, self._store, self._core.clock, access)
        handler, names = routes.find(call.method, call.path)
        return await handler(call, *names)
