"""Where devices connect by MQTT: each is let in by its signature, and served until it leaves."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from funcyard.emulator.iothub import access
from funcyard.emulator.iothub.errors import HubError
from funcyard.emulator.iothub.mqtt import packets
from funcyard.emulator.iothub.mqtt.packets import BadPacketError, BadVersionError
from funcyard.emulator.iothub.mqtt.session import Session
from funcyard.emulator.streams import StreamServer

if TYPE_CHECKING:
    import socket
    import ssl

    from funcyard.emulator.iothub.hub import Hub
    from funcyard.emulator.iothub.mqtt.packets import Connect

_CONNECT_SECONDS: Final = 30.0
_LONGEST_SILENCE: Final = 1767.0  # after which Azure ends a connection in any case
_USER: Final = re.compile(r"([^/]+)/([^/?]+)/(\?.*)?")


class MqttServer(StreamServer):
    """Serves devices of a hub between :meth:`start` and :meth:`stop`.

    Args:
        hub: Which.
        bound: Where.
        trust: The certificate that it shows.
    """

    faults = (BadPacketError, HubError)

    def __init__(self, hub: Hub, bound: socket.socket, trust: ssl.SSLContext) -> None:
        super().__init__(f"MQTT of {hub.name}", bound, trust)
        self._hub = hub

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Let a device in, and serve it until it leaves."""
        async with asyncio.timeout(_CONNECT_SECONDS):
            try:
                said = packets.connect(await packets.read(reader))
            except BadVersionError:
                writer.write(packets.connack(packets.BAD_VERSION))
                raise
        try:
            until = self._check(said)
        except HubError:
            writer.write(packets.connack(packets.NOT_AUTHORIZED))
            raise
        session = Session(self._hub, said.client, said, writer)
        is_lost = True
        try:
            await self._hub.connect(self._hub.device(said.client), session)
            is_known = session.begin()
            if is_known:
                session.tell_waiting()
                await self._hub.subscribed()
            await self._carry(reader, session, said, until)
            is_lost = False
        except asyncio.CancelledError:
            is_lost = False  # it is the hub that ends
            raise
        finally:
            try:
                if said.will is not None and is_lost:
                    with contextlib.suppress(HubError):
                        await session.send_will(said.will)
            finally:
                await session.end()
                await self._hub.leave(said.client, session)

    async def _carry(
        self, reader: asyncio.StreamReader, session: Session, said: Connect, until: float
    ) -> None:
        """Take packets until the device leaves, or its signature counts no more."""
        silence = said.keep_alive * 1.5 if said.keep_alive else _LONGEST_SILENCE
        left = until - self._hub.core.clock.time()
        async with asyncio.timeout(left):
            while True:
                async with asyncio.timeout(min(silence, _LONGEST_SILENCE)):
                    packet = await packets.read(reader)
                if packet.kind == packets.DISCONNECT:
                    return
                await session.take(packet)

    def _check(self, said: Connect) -> float:
        """Refuse a device; return the time of day until which it is let in.

        Raises:
            HubError: It may not connect.
        """
        hub = self._hub
        found = _USER.fullmatch(said.user)
        if found is None or found[2] != said.client:
            raise HubError(401, "IotHubUnauthorizedAccess", f"'{said.user}' is no device's name.")
        if "api-version=" not in unquote(found[3] or ""):
            raise HubError(401, "InvalidProtocolVersion", "The name holds no api-version.")
        device = hub.store.device(said.client)
        path = f"/devices/{said.client}"
        return access.check_device(hub.core, hub.kept, device, said.password, path=path)
