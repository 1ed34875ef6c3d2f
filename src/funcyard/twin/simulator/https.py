"""Messages of devices over HTTPS, as a device without MQTT sends them to an IoT hub.

https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-protocols
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote_plus

import aiohttp

from funcyard.twin.simulator.transport import NotSentError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

_VERSION: Final = "2021-04-12"
_TOKEN_SECONDS: Final = 3600
_RENEWED_BEFORE: Final = 300
_PAUSES: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds between the attempts at one message."""

_LATER: Final = frozenset({408, 429, 500, 502, 503, 504})
_TAKEN: Final = 204
_CONNECT_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 30.0
_SHOWN: Final = 200
"""So many bytes of a refusal are told."""

_HEADERS: Final = {
    "Content-Type": "application/json",
    "iothub-contenttype": "application/json",
    "iothub-contentencoding": "utf-8",
}
"""Without both names of the content an event of a message holds bytes, no JSON."""


@dataclass(frozen=True, slots=True)
class Signer:
    """What makes a device's tokens.

    Attributes:
        resource: What they are for: the hub and the device.
        key: The device's.
    """

    resource: str
    key: str = field(repr=False)

    def token(self, expires: int) -> str:
        """Return a token until a time, in seconds since 1970.

        https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-sas
        """
        resource = quote_plus(self.resource)
        signed = f"{resource}\n{expires}".encode()
        digest = hmac.new(base64.b64decode(self.key), signed, hashlib.sha256).digest()
        signature = quote_plus(base64.b64encode(digest).decode())
        return f"SharedAccessSignature sr={resource}&sig={signature}&se={expires}"


class HttpsTransport:
    """Sends messages of devices to one hub; ``async with`` it.

    Args:
        host: The hub's host, and its port where that is not HTTPS's.
        keys: The key of each device.
        trusted: The certificates that are trusted; None for the system's.
        through_proxy: Whether a proxy that the environment names is used.
    """

    def __init__(
        self,
        host: str,
        keys: Mapping[str, str],
        trusted: ssl.SSLContext | None = None,
        *,
        through_proxy: bool = True,
    ) -> None:
        self._host = host
        name = host.partition(":")[0]
        self._signers = {
            device: Signer(f"{name}/devices/{device}", key) for device, key in keys.items()
        }
        self._trusted = trusted
        self._through_proxy = through_proxy
        self._tokens: dict[str, tuple[str, int]] = {}

    async def __aenter__(self) -> Self:
        """Get ready; a connection is made with the first message."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._trusted or True, limit=0),
            timeout=aiohttp.ClientTimeout(sock_connect=_CONNECT_SECONDS, total=_ANSWER_SECONDS),
            trust_env=self._through_proxy,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._session.close()

    async def send(self, device: str, payload: Mapping[str, object]) -> None:
        """Send one message; what may be mended by waiting is tried some times again.

        Raises:
            NotSentError: The hub did not take it.
        """
        body = json.dumps(payload, separators=(",", ":")).encode()
        reason = ""
        for pause in (*_PAUSES, None):
            reason = await self._try(device, body)
            if not reason:
                return
            if pause is not None:
                await asyncio.sleep(pause)
        raise NotSentError(reason)

    async def _try(self, device: str, body: bytes) -> str:
        """Send a message once; return why it has to be sent again, an empty text if it need not.

        Raises:
            NotSentError: It need not be sent again: it will not be taken.
        """
        url = f"https://{self._host}/devices/{device}/messages/events?api-version={_VERSION}"
        headers = {**_HEADERS, "Authorization": self._token(device)}
        try:
            async with self._session.post(url, data=body, headers=headers) as answer:
                if answer.status == _TAKEN:
                    return ""
                said = (await answer.content.read(_SHOWN)).decode("utf-8", "replace").strip()
                told = f"{device}: the hub answers {answer.status}{f': {said}' if said else ''}"
        except (aiohttp.ClientError, TimeoutError) as fault:
            return f"{device}: the hub is not reached: {str(fault) or type(fault).__name__}"
        if answer.status in _LATER:
            return told
        raise NotSentError(told)

    def _token(self, device: str) -> str:
        signer = self._signers.get(device)
        if signer is None:
            raise NotSentError(f"{device}: the hub has no such device")
        now = int(time.time())
        token, expires = self._tokens.get(device, ("", 0))
        if expires - now < _RENEWED_BEFORE:
            expires = now + _TOKEN_SECONDS
            token = signer.token(expires)
            self._tokens[device] = (token, expires)
        return token
