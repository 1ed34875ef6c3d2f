"""The address of an app, and of one of its revisions: requests passed on as Envoy does.

A request goes to a revision, then to one of its replicas (:mod:`.routing`), and there and back by
:mod:`.passing`; it counts for the
revision's size (:mod:`.scaling`), and waits where that is coming from zero. Where nobody can take
it, the answer is Envoy's own.
https://learn.microsoft.com/azure/container-apps/ingress-overview
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import apps, revisions, routing
from funcyard.emulator.containerapps.passing import (
    Incoming,
    UnreachedError,
    UpstreamError,
    pass_on,
)
from funcyard.emulator.http import Answer, send_answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.emulator.containerapps.fleet import Replica
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.http import Receive, Scope, Send

_SECONDS: Final = 240.0
"""How long a request may take in all: https://learn.microsoft.com/azure/container-apps/ingress-overview"""
_TRIES: Final = 3
_TEXT: Final = {"content-type": "text/plain"}
_STOPPED: Final = b"Error 404 - This Container App is stopped or does not exist."
_NO_UPSTREAM: Final = b"no healthy upstream"
_TAKES_LONG: Final = b"upstream request timeout"


class _RefusedError(Exception):
    """Nobody takes a request.

    Args:
        status: Of HTTP.
        body: As Envoy says it.
    """

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.answer = Answer(status, body, _TEXT)


class IngressApp:
    """The address of an app, or of one revision.

    Args:
        core: Where apps are, and what runs of them.
        app: Key of the app.
        revision: Key of the revision whose address it is; None for the app's.
    """

    def __init__(self, core: Core, app: str, revision: str | None = None) -> None:
        self._core = core
        self._app = app
        self._revision = revision
        self._turns = routing.Turns()
        self._numbers = itertools.count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            return
        incoming = Incoming(scope, receive)
        work = asyncio.create_task(self._answer(scope, incoming, send))
        leaving = asyncio.create_task(incoming.left())
        try:
            await asyncio.wait((work, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not work.done():
                work.cancel()
            await asyncio.gather(work, leaving, return_exceptions=True)
        if not work.cancelled():
            work.result()

    async def _answer(self, scope: Scope, incoming: Incoming, send: Send) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                await self._tried(scope, incoming, send)
        except _RefusedError as refused:
            await send_answer(send, refused.answer)
        except UpstreamError as fault:
            await send_answer(send, Answer(503, fault.body, _TEXT))
        except TimeoutError:
            if not incoming.is_answered:  # else what is not completed is cut off
                await send_answer(send, Answer(504, _TAKES_LONG, _TEXT))

    async def _tried(self, scope: Scope, incoming: Incoming, send: Send) -> None:
        """Pass a request on; to another replica where one is not reached, for it may be gone."""
        for attempt in range(_TRIES):
            app, revision = self._chosen()
            async with self._counted(revision):
                replica = await self._replica(revision)
                session = self._core.container_apps.fronts.session
                try:
                    await pass_on(session, scope, incoming, send, self._address(app, replica))
                except UnreachedError:
                    if attempt == _TRIES - 1:
                        raise
                else:
                    return

    def _chosen(self) -> tuple[Kept, Kept]:
        """Return the app, and the revision that a request goes to.

        Raises:
            _RefusedError: There is none.
        """
        core = self._core
        app = core.store.find(self._app)
        if app is None or apps.is_stopped(app):
            raise _RefusedError(404, _STOPPED)
        if self._revision is not None:
            found = core.store.find(self._revision)
            if found is None or not found.properties["active"]:
                raise _RefusedError(404, _STOPPED)
            return app, found
        made = revisions.of(core, app.key)
        name = self._turns.next(routing.shares(app, made))
        chosen = next((one for one in made if one.name == name), None)
        if chosen is None:
            raise _RefusedError(503, _NO_UPSTREAM)
        return app, chosen

    @asynccontextmanager
    async def _counted(self, revision: Kept) -> AsyncIterator[None]:
        """Count a request for the size of its revision."""
        service = self._core.container_apps
        scaler, scale = service.scaler(revision), revision.properties["template"]["scale"]
        if scaler.count(scale, 1):
            service.controller.wake()
        try:
            yield
        finally:
            if scaler.count(scale, -1):
                service.controller.wake()

    async def _replica(self, revision: Kept) -> Replica:
        """Return a replica that takes a request, once there is one.

        Raises:
            _RefusedError: There is none, and none is coming from zero.
        """
        service = self._core.container_apps
        while True:
            own = service.fleet.of(revision.key)
            ready = [one for one in own if one.is_ready]
            if ready:
                return routing.in_turn(ready, next(self._numbers))
            told = self._core.store.find(revision.key)
            is_ready = told is not None and told.properties["isReady"]
            if not is_ready or any(one.is_broken or one.trouble for one in own):
                raise _RefusedError(503, _NO_UPSTREAM)
            await service.controller.turned()

    def _address(self, app: Kept, replica: Replica) -> str:
        ingress = app.properties["configuration"]["ingress"]
        if ingress is None:
            raise _RefusedError(404, _STOPPED)
        port = routing.port_of(ingress["targetPort"], replica)
        if port is None or replica.running is None:
            raise _RefusedError(503, _NO_UPSTREAM)
        host, number = replica.running.address(port)
        return f"{host}:{number}"
