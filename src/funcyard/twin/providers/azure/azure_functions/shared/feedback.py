"""Messages to devices, which a hub takes over AMQP alone.

https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d
"""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import TYPE_CHECKING, Any, Final

from .faults import SettingsError, UpstreamError
from .sending import PAUSES
from .tracing import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

_SECONDS: Final = 30.0
_LOGGER = logger("feedback")


class DeviceMessages:
    """Sends messages to the devices of a hub, one after the other over one connection.

    Args:
        connect: Makes a client of the hub; called again after a failure.
        pause: Waits so many seconds.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._connect = connect
        self._pause = pause
        self._client: Any = None
        self._sending = asyncio.Lock()

    async def send(self, device: str, payload: Mapping[str, object]) -> None:
        """Send a message; the hub keeps it until the device takes it.

        Raises:
            UpstreamError: The hub does not take it, after every attempt; it does not say whether
                it knows no such device.
        """
        properties = {
            "messageId": uuid.uuid4().hex,  # the same in every attempt
            "contentType": "application/json",
            "contentEncoding": "utf-8",
            "topic": f"{device}/feedback",
        }
        async with self._sending:
            for pause in PAUSES:
                if await self._is_sent(device, payload, properties):
                    return
                await self._pause(pause)
            if not await self._is_sent(device, payload, properties):
                raise UpstreamError("the hub does not take messages")

    async def _is_sent(
        self, device: str, payload: Mapping[str, object], properties: dict[str, str]
    ) -> bool:
        sent = asyncio.to_thread(self._send, device, json.dumps(payload), properties)
        try:
            async with asyncio.timeout(_SECONDS):
                await sent
        except Exception:  # the client raises what it likes
            self._client = None
            _LOGGER.exception("the hub does not take a message")
            return False
        return True

    def _send(self, device: str, text: str, properties: dict[str, str]) -> None:
        if self._client is None:
            self._client = self._connect()
        self._client.send_c2d_message(device, text, properties)


def device_messages(connection: str) -> DeviceMessages:
    """Return what sends by a hub's connection string.

    Raises:
        SettingsError: It is none.
    """
    from azure.iot.hub import IoTHubRegistryManager  # noqa: PLC0415 - slow, and one app needs it

    parts = {one.partition("=")[0] for one in connection.split(";")}
    if not {"HostName", "SharedAccessKeyName", "SharedAccessKey"} <= parts:
        raise SettingsError("the connection string of the hub is none")
    return DeviceMessages(lambda: IoTHubRegistryManager.from_connection_string(connection))
