"""Which versions of which blobs a function has had: receipts, kept in storage for ever.

One empty blob for each: ``azure-webjobs-hosts/blobreceipts/<host id>/Host.Functions.<function>/
"<etag>"/<container>/<name>``, as the real host lays them out. The real host writes the receipt when
it queues the blob; here it is written when the run is over, so that a queue message that is lost
with a killed Azurite cannot take its blob with it.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#blob-receipts
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from azure.core.exceptions import ResourceNotFoundError

from funcyard.host.bindings.blob import ensure_container
from funcyard.host.listeners.timer_status import HOSTS_CONTAINER

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobServiceClient

    from funcyard.host.blob_listing import BlobListing


class BlobVersion(NamedTuple):
    """One version of a blob; the ETag stands without quotes."""

    container: str
    name: str
    etag: str


class Receipts:
    """The receipts of one function, in memory and in storage."""

    def __init__(
        self, service: BlobServiceClient, listing: BlobListing, host_id: str, function: str
    ) -> None:
        self._container = service.get_container_client(HOSTS_CONTAINER)
        self._listing = listing
        self._prefix = f"blobreceipts/{host_id}/Host.Functions.{function}/"
        self._known: set[BlobVersion] = set()

    def __contains__(self, version: BlobVersion) -> bool:
        return version in self._known

    async def load(self) -> None:
        """Read which receipts storage holds, and write those that it has lost.

        Raises:
            AzureError: The service refuses or is away.
        """
        stored: set[BlobVersion] = set()
        try:
            async for page in self._listing.pages(HOSTS_CONTAINER, self._prefix):
                for path, _ in page:
                    etag, container, name = path.removeprefix(self._prefix).split("/", 2)
                    stored.add(BlobVersion(container, name, etag.strip('"')))
        except ResourceNotFoundError:
            stored = set()
        for version in self._known - stored:
            await self.write(version)
        self._known |= stored

    async def write(self, version: BlobVersion) -> None:
        """Keep a receipt.

        Raises:
            AzureError: The service refuses or is away; the receipt then holds until the next load.
        """
        self._known.add(version)
        path = f'{self._prefix}"{version.etag}"/{version.container}/{version.name}'
        blob = self._container.get_blob_client(path)
        try:
            await blob.upload_blob(b"", overwrite=True, metadata={"Completed": "True"})
        except ResourceNotFoundError:
            await ensure_container(self._container)
            await blob.upload_blob(b"", overwrite=True, metadata={"Completed": "True"})
