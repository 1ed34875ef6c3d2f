"""The addresses of apps and their revisions: served while an app has ingress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aiohttp

from funcyard.emulator.containerapps import revisions
from funcyard.emulator.containerapps.addresses import front
from funcyard.emulator.containerapps.ingress import IngressApp
from funcyard.emulator.core.planes import told_as_failed

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

_CONNECT_SECONDS: Final = 5.0


class Fronts:
    """The addresses of a location's apps."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """Connections to replicas."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
            )
        return self._session

    async def ensure(self, core: Core, app: Kept) -> None:
        """Serve an app and its revisions where it has ingress, else take their addresses down.

        Raises:
            ArmError: No port can be bound.
        """
        has_ingress = app.properties["configuration"]["ingress"] is not None
        for one in (app, *revisions.of(core, app.key)):
            if not has_ingress:
                await self.remove(core, one)
            elif not core.planes.is_served(front(one)):
                own = None if one is app else one.key
                with told_as_failed():
                    await core.planes.serve(front(one), IngressApp(core, app.key, own))

    async def remove(self, core: Core, kept: Kept) -> None:
        """Take down the address of an app or a revision, where it has one."""
        if core.planes.host(front(kept)) is not None:
            await core.planes.remove(front(kept))

    async def stop(self) -> None:
        """Let go of connections to replicas."""
        if self._session is not None:
            await self._session.close()
