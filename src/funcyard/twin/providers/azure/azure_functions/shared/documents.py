"""Small documents of a container, kept for a short while.

What is there is asked for again after some seconds, by its ETag, so that nothing is sent twice;
what is not there after one, so that what has just been made is found. Whoever asks for one that is
being fetched waits for that.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.storage.blob import StorageErrorCode
from azure.storage.blob.aio import BlobServiceClient

from .faults import SettingsError, UnreadableError
from .sending import PAUSES
from .tracing import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from azure.core.pipeline.transport import AioHttpTransport
    from azure.storage.blob.aio import ContainerClient

FRESH_SECONDS: Final = 10.0
"""So long a document that is there is not asked for again."""

ABSENT_SECONDS: Final = 1.0
"""So long one that is not there is not asked for again."""

LARGEST: Final = 1024 * 1024
"""So many bytes a document has at most."""

_MOST: Final = 10_000
_SECONDS: Final = 10.0
_NOT_MODIFIED: Final = 304
_LOGGER = logger("documents")


@dataclass(frozen=True, slots=True)
class _Held:
    """A document as it was found: None where there was none."""

    content: bytes | None
    etag: str
    until: float


class Documents:
    """Documents by the names of their blobs.

    Args:
        container: Where they are.
        now: Tells seconds that pass evenly.
        pause: Waits so many seconds.
    """

    def __init__(
        self,
        container: ContainerClient,
        now: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._container = container
        self._now = now
        self._pause = pause
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[bytes | None]] = {}

    async def read(self, name: str) -> bytes | None:
        """Return a document, None where there is none of that name.

        Raises:
            UnreadableError: It cannot be told, after every attempt.
        """
        held = self._held.get(name)
        if held is not None and self._now() < held.until:
            return held.content
        fetching = self._fetching.get(name)
        if fetching is None:
            fetching = asyncio.create_task(self._fetched(name, held))
            self._fetching[name] = fetching
            fetching.add_done_callback(lambda _: self._fetching.pop(name))
        return await asyncio.shield(fetching)  # who gives up takes it from nobody else

    async def _fetched(self, name: str, held: _Held | None) -> bytes | None:
        for pause in (*PAUSES, None):
            try:
                async with asyncio.timeout(_SECONDS):
                    found = await self._asked(name, held)
            except (AzureError, TimeoutError) as fault:
                _LOGGER.warning("%s cannot be read: %s", name, str(fault) or "no answer")
            else:
                self._keep(name, found)
                return found.content
            if pause is not None:
                await self._pause(pause)
        raise UnreadableError("what is known of the devices cannot be read")

    async def _asked(self, name: str, held: _Held | None) -> _Held:
        known: dict[str, Any] = {}
        if held is not None and held.content is not None:
            known = {"etag": held.etag, "match_condition": MatchConditions.IfModified}
        try:
            stream = await self._container.get_blob_client(name).download_blob(**known)
            if stream.size > LARGEST:
                raise UnreadableError(f"a document is larger than {LARGEST} bytes")
            content = await stream.readall()
        except ResourceNotFoundError as fault:
            # A container that is not there says nothing about what should be in it.
            if getattr(fault, "error_code", None) != StorageErrorCode.BLOB_NOT_FOUND:
                raise
            return _Held(None, "", self._now() + ABSENT_SECONDS)
        except HttpResponseError as fault:
            if held is None or fault.status_code != _NOT_MODIFIED:
                raise
            return _Held(held.content, held.etag, self._now() + FRESH_SECONDS)
        return _Held(content, str(stream.properties.etag), self._now() + FRESH_SECONDS)

    def _keep(self, name: str, found: _Held) -> None:
        self._held[name] = found
        self._held.move_to_end(name)
        if len(self._held) > _MOST:
            self._held.popitem(last=False)


def documents(transport: AioHttpTransport, connection: str, container: str) -> Documents:
    """Return the documents of a container of a storage account.

    Raises:
        SettingsError: The connection string is none.
    """
    try:
        service = BlobServiceClient.from_connection_string(
            connection, transport=transport, retry_total=0
        )
    except ValueError:
        raise SettingsError("the connection string of the blobs is none") from None
    return Documents(service.get_container_client(container))
