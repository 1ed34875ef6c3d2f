"""The address of a site: HTTPS in front of its app, byte for byte.

TLS ends here; what it carried goes to the app as it came. Where no app runs, the front says so.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from funcyard.emulator.streams import StreamServer

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable

_CHUNK: Final = 64 * 1024
_HEAD_SECONDS: Final = 30.0
_NOT_RUNNING: Final = (503, "Service Unavailable", "Function host is not running.")
_DISABLED: Final = (403, "Site Disabled", "Error 403 - This web app is stopped.")


class Front(StreamServer):
    """Answers at a site's address between :meth:`start` and :meth:`stop`.

    Args:
        name: Of the site, for the log.
        bound: Where it listens.
        trust: Its certificate.
        backend: Returns host and port of the app; None where none runs.
        is_stopped: Whether somebody stopped the site.
    """

    faults = (asyncio.LimitOverrunError,)

    def __init__(
        self,
        name: str,
        bound: socket.socket,
        trust: ssl.SSLContext,
        backend: Callable[[], tuple[str, int] | None],
        is_stopped: Callable[[], bool],
    ) -> None:
        super().__init__(name, bound, trust)
        self._backend = backend
        self._is_stopped = is_stopped

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass bytes on to the app and back until either side has no more."""
        address = self._backend()
        if address is None:
            await self._refuse(reader, writer)
            return
        try:
            from_app, to_app = await asyncio.open_connection(*address)
        except OSError:
            await self._refuse(reader, writer)
            return
        ways = (
            asyncio.create_task(_carry(reader, to_app)),
            asyncio.create_task(_carry(from_app, writer)),
        )
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            to_app.transport.abort()

    async def _refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_SECONDS):
            await reader.readuntil(b"\r\n\r\n")
        status, reason, text = _DISABLED if self._is_stopped() else _NOT_RUNNING
        body = text.encode()
        head = (
            f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
