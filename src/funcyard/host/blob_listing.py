"""Lists the names and ETags of a container's blobs with little work.

The SDK builds a model of every property: 140 ms of this process for 1,000 blobs, 12 ms for reading
the same answer here (measured, azure-storage-blob 12.31). A scan several times a second cannot
spend that, so it asks the service's own List Blobs with a signature the SDK makes.
https://learn.microsoft.com/rest/api/storageservices/list-blobs
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

import aiohttp
from azure.core.exceptions import (
    DecodeError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
)
from azure.storage.blob import ContainerSasPermissions, generate_container_sas
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from azure.storage.blob.aio import BlobServiceClient

_SIGNED_FOR = timedelta(hours=1)
_RENEWED_BEFORE = 600.0
_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=2)
_NOT_FOUND = 404


class BlobListing:
    """Lists blobs of one storage account.

    Args:
        service: The account's client: its address, and its credential where the address has none.
    """

    def __init__(self, service: BlobServiceClient) -> None:
        self._service = service
        self._session: aiohttp.ClientSession | None = None
        self._signatures: dict[str, tuple[float, str]] = {}

    async def pages(self, container: str, prefix: str = "") -> AsyncIterator[list[tuple[str, str]]]:
        """Yield pages of (name, ETag without quotes), in the order of the names.

        Raises:
            ResourceNotFoundError: There is no such container.
            ServiceRequestError: The service is away.
            HttpResponseError: It refuses, or answers something else than a list.
        """
        marker = ""
        while True:
            text = await self._page(container, prefix, marker)
            try:
                root = ET.fromstring(text)  # noqa: S314 - the answer of the configured account
            except ET.ParseError as fault:
                raise DecodeError(f"the list of {container} is not XML: {fault}") from fault
            yield [
                (_name(blob), blob.findtext("Properties/Etag", "").strip('"'))
                for blob in root.iterfind("Blobs/Blob")
            ]
            marker = root.findtext("NextMarker") or ""
            if not marker:
                return

    async def close(self) -> None:
        """Close the connection."""
        if self._session:
            await self._session.close()

    async def _page(self, container: str, prefix: str, marker: str) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=False)
        address, _, signature = self._service.get_container_client(container).url.partition("?")
        query = "restype=container&comp=list"
        if prefix:
            query += f"&prefix={quote(prefix, safe='')}"
        if marker:
            query += f"&marker={quote(marker, safe='')}"
        url = f"{address}?{query}&{signature or self._signature(container)}"
        try:
            async with self._session.get(URL(url, encoded=True)) as answer:
                body = await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise ServiceRequestError(str(fault) or type(fault).__name__) from fault
        if status == _NOT_FOUND:
            raise ResourceNotFoundError(f"there is no container {container}")
        if status != 200:  # noqa: PLR2004 - HTTP's OK
            raise HttpResponseError(f"listing {container} was answered with {status}")
        return body

    def _signature(self, container: str) -> str:
        until, signature = self._signatures.get(container, (0.0, ""))
        if until - time.time() < _RENEWED_BEFORE:
            expiry = datetime.now(UTC) + _SIGNED_FOR
            signature = generate_container_sas(
                self._service.account_name or "",
                container,
                account_key=self._service.credential.account_key,
                permission=ContainerSasPermissions(list=True),
                expiry=expiry,
            )
            self._signatures[container] = (expiry.timestamp(), signature)
        return signature


def _name(blob: ET.Element) -> str:
    element = blob.find("Name")
    if element is None or element.text is None:
        return ""
    return unquote(element.text) if element.get("Encoded") == "true" else element.text
