"""The streams of Container Apps: what a container prints, and what the platform tells of an app.

They are lines over HTTPS that end, or go on as long as somebody follows, at addresses that the
Resource Manager tells and behind the token of ``getAuthToken``, which opens nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

import aiohttp

from funcyard.azure.errors import (
    AzureAuthenticationError,
    AzureFailedError,
    AzureNotFoundError,
    AzureRefusedError,
    AzureUnreachableError,
)
from funcyard.azure.patience import Patience, busy_words, may_ask_again
from funcyard.azure.retry_after import later, retry_after, will_pass
from funcyard.loopback import on_loopback

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from funcyard.azure.cloud import Cloud

MOST_LINES: Final = 300
"""So many earlier lines a stream gives at most (``tailLines``)."""
LONGEST_LINE: Final = 256 * 1024
"""Bytes; what a longer line has beyond them is left out."""

_OF_CONTAINER: Final = "/logstream"
_SUFFIX: Final = ".azurecontainerapps.dev"
_CONNECT_SECONDS: Final = 10
_CHUNK: Final = 64 * 1024
_OK: Final = 200
_NOT_FOUND: Final = 404


class ContainerStreams:
    """Opens streams; ``async with`` it.

    Args:
        cloud: Where they are.
        token: What opens them.
        patience: Waits where they are busy; None for not at all.
    """

    def __init__(self, cloud: Cloud, token: str, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._cloud = cloud
        self._token = token

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._cloud.trusted(), limit=0),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
            headers={"Authorization": f"Bearer {self._token}"},
            trust_env=self._cloud.is_public,
            read_bufsize=_CHUNK,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def lines(
        self, address: str, *, follow: bool = False, tail: int = 20
    ) -> AsyncGenerator[str, None]:
        """Yield the lines of a stream, without their ends: JSON, each with its time.

        Args:
            address: Of the stream, as the Resource Manager tells it.
            follow: Whether to go on with what comes.
            tail: How many earlier lines come first, 0 to :data:`MOST_LINES`.

        Raises:
            AzureFailedError: It cannot be opened, or breaks off.
        """
        self._check(address)
        path = urlsplit(address).path
        asked = {"follow": str(follow).lower(), "tailLines": str(tail)}
        if path.endswith(_OF_CONTAINER):  # events are JSON anyway
            asked["output"] = "json"
        try:
            async with await self._opened(address, asked) as answer:
                if answer.status != _OK:
                    raise _refused(answer, path)
                try:
                    async for line in _lines(answer.content):
                        yield line
                finally:
                    _let_go(answer)
        except (aiohttp.ClientError, OSError) as fault:  # TimeoutError is one, too
            raise AzureUnreachableError(
                f"the stream broke off: {str(fault) or type(fault).__name__}",
                hint="follow it again",
            ) from fault

    async def _opened(self, address: str, asked: dict[str, str]) -> aiohttp.ClientResponse:
        """Return the answer with which a stream begins: the last, where it was asked again."""
        number = 0
        while True:
            answer = await self._session.get(address, params=asked, allow_redirects=False)
            number += 1
            if not may_ask_again("GET", address, answer.status):
                return answer
            why = busy_words(answer.status)
            if not await self._patience.wait(number, retry_after(answer.headers), why):
                return answer
            answer.release()

    def _check(self, address: str) -> None:
        """Refuse an address that is none of Container Apps: the token must not go there."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        fits = host.endswith(_SUFFIX) if self._cloud.is_public else on_loopback(address)
        if parts.scheme != "https" or not fits:
            raise AzureFailedError(f"Azure named {address!r}, where nobody gets this token")


def _let_go(answer: aiohttp.ClientResponse) -> None:
    """End the connection of a stream that was not read to its end.

    A proper end of TLS waits for the other side, which goes on writing, and may outlast the loop.
    """
    connection = answer.connection
    if connection is not None and connection.transport is not None:
        connection.transport.abort()


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[str]:
    """Yield lines as soon as they are whole; one that is cut short by the end comes, too."""
    held = bytearray()
    async for chunk in content.iter_any():
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            held += part[: LONGEST_LINE - len(held)]
            yield held.decode(errors="replace").removesuffix("\r")
            held.clear()
        held += rest[: LONGEST_LINE - len(held)]
    if held:
        yield held.decode(errors="replace")


def _refused(answer: aiohttp.ClientResponse, path: str) -> AzureFailedError:
    status = answer.status
    what = f"the stream {path} answers {status}"
    if status in (401, 403):
        return AzureAuthenticationError(what, hint="ask for another token", status=status)
    if status == _NOT_FOUND:
        return AzureNotFoundError(what, hint="the replica may be gone", status=status)
    if will_pass(status):
        return AzureUnreachableError(what, hint=later(answer.headers), status=status)
    return AzureRefusedError(what, status=status)
