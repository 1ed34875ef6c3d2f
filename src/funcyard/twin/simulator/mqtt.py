"""Messages of devices over MQTT, by Microsoft's client of a device: a connection for each.

Devices connect to port 8883 of their hub, which is fixed, and not through a proxy.
https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Final, Self

from azure.iot.device import Message
from azure.iot.device.aio import IoTHubDeviceClient
from azure.iot.device.exceptions import (
    ClientError,
    CredentialError,
    OperationCancelled,
    OperationTimeout,
)

from funcyard.twin.simulator.transport import NotSentError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAUSES: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds between the attempts at one message."""

_TAKEN_SECONDS: Final = 30.0
"""In which a device connects, where it is not connected, and the hub acknowledges its message."""


class MqttTransport:
    """Sends messages of devices to one hub; ``async with`` it.

    Args:
        host: The hub's host; a port of it is that of HTTPS, and does not count.
        keys: The key of each device.
        trusted: The certificates that are trusted, as PEM; None for the system's.
    """

    def __init__(self, host: str, keys: Mapping[str, str], trusted: str | None = None) -> None:
        self._host = host.partition(":")[0]
        self._keys = dict(keys)
        self._trusted = trusted
        self._clients: dict[str, IoTHubDeviceClient] = {}

    async def __aenter__(self) -> Self:
        """Get ready; a device connects with its first message."""
        # What its loggers would print is in the errors.
        logging.getLogger("azure.iot.device").setLevel(logging.CRITICAL)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let the devices leave."""
        await asyncio.gather(*(client.shutdown() for client in self._clients.values()))
        self._clients.clear()

    async def send(self, device: str, payload: Mapping[str, object]) -> None:
        """Send one message; what may be mended by waiting is tried some times again.

        Raises:
            NotSentError: The hub did not acknowledge it.
        """
        message = Message(  # type: ignore[no-untyped-call]
            json.dumps(payload, separators=(",", ":")),
            content_encoding="utf-8",
            content_type="application/json",
        )
        client = self._client(device)
        reason = ""
        for pause in (*_PAUSES, None):
            try:
                async with asyncio.timeout(_TAKEN_SECONDS):
                    await client.send_message(message)
            except CredentialError:
                raise NotSentError(f"{device}: the hub does not let it in") from None
            except (ClientError, OperationCancelled, OperationTimeout, TimeoutError) as fault:
                reason = f"{device}: the hub is not reached: {_cause(fault)}"
            else:
                return
            if pause is not None:
                await asyncio.sleep(pause)
        raise NotSentError(reason)

    def _client(self, device: str) -> IoTHubDeviceClient:
        if device not in self._keys:
            raise NotSentError(f"{device}: the hub has no such device")
        if device not in self._clients:
            self._clients[device] = IoTHubDeviceClient.create_from_symmetric_key(
                symmetric_key=self._keys[device],
                hostname=self._host,
                device_id=device,
                server_verification_cert=self._trusted,
                connection_retry=False,
            )
        return self._clients[device]


def _cause(fault: BaseException) -> str:
    """Return what is at the bottom of a fault, which the client wraps in its own."""
    while fault.__cause__ is not None:
        fault = fault.__cause__
    return str(fault) or type(fault).__name__
