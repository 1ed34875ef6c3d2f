"""A JSON document that lies in a container as a blob.

All of its content is held, by its hash; the account says whose it is. It is read and written by the
account's key (``blob_accounts.py``).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self, TypeVar

from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
)
from azure.storage.blob import ContentSettings

from funcyard.azure.errors import AzureNotFoundError
from funcyard.deploy.resource import Observed, Resource
from funcyard.deploy.resources.reach import Reach
from funcyard.deploy.resources.storage_account import (
    BlobContainer,
    blobs_connection,
    hidden_without_account,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from azure.storage.blob.aio import BlobClient

    from funcyard.deploy.diff import Difference
    from funcyard.deploy.refs import Json, Value
    from funcyard.deploy.resource import Operation, Wanted

    Done = TypeVar("Done")

LARGEST: Final = 1024 * 1024
"""So many bytes a document has at most; what is larger is not the one that was written."""

_CONTAINERS: Final = "/blobServices/default/containers/"
_BLOBS: Final = "/blobs/"
_NOT_LET_IN: Final = (401, 403)


@dataclass(frozen=True)
class BlobDocument(Resource[Reach]):
    """A document in a container; no secret belongs in one."""

    kind: ClassVar[str] = "blob-document"
    identity_is_ours: ClassVar[bool] = True
    output_names: ClassVar[frozenset[str]] = frozenset({"name"})

    @classmethod
    def of(
        cls,
        address: str,
        container: BlobContainer,
        name: str,
        document: dict[str, Json],
        *,
        after: Sequence[str] = (),
    ) -> Self:
        """Return a document in a container.

        Args:
            address: Its name in the graph.
            container: Where it lies.
            name: The blob's name, up to 1024 characters; case matters.
            document: What it says.
            after: Addresses of what else must be there before.
        """
        identity = f"{container.identity}{_BLOBS}{name}"
        held: dict[str, Value] = {"document": document, "sha256": _digest(_content(document))}
        return cls(address, identity, held, (container.address, *after))

    @property
    def name(self) -> str:
        """The blob's name."""
        return self.identity.partition(_CONTAINERS)[2].partition(_BLOBS)[2]

    async def read(self, cloud: Reach) -> Observed | None:
        """Return what it says.

        Raises:
            HiddenYetError: Its account is not whole.
        """
        try:
            with hidden_without_account(self.address):
                content = await self._done(cloud, _read)
        except (ResourceNotFoundError, AzureNotFoundError):
            return None
        try:
            document: Json = json.loads(content)
        except ValueError:
            document = None
        return Observed({"document": document, "sha256": _digest(content)})

    async def create(self, cloud: Reach, wanted: Wanted) -> None:
        """Write it."""
        await self._write(cloud, wanted)

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002
        differences: tuple[Difference, ...],  # noqa: ARG002  all of it is written
    ) -> None:
        """Write it anew."""
        await self._write(cloud, wanted)

    async def destroy(self, cloud: Reach) -> Operation | None:
        """Delete it, which need not be there."""
        try:
            await self._done(cloud, lambda blob: blob.delete_blob(delete_snapshots="include"))
        except (ResourceNotFoundError, AzureNotFoundError):
            return None
        return None

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return the blob's name."""
        return {"name": self.name}

    async def _write(self, cloud: Reach, wanted: Wanted) -> None:
        content = _content(wanted.properties["document"])
        settings = ContentSettings(content_type="application/json")
        await self._done(
            cloud,
            lambda blob: blob.upload_blob(content, overwrite=True, content_settings=settings),
        )

    async def _done(self, cloud: Reach, work: Callable[[BlobClient], Awaitable[Done]]) -> Done:
        """Do something with the blob; where what is known of its account is old, once more."""
        account, _, path = self.identity.partition(_CONTAINERS)
        container, _, name = path.partition(_BLOBS)

        async def ask() -> str:
            return await blobs_connection(account, cloud)

        is_known = cloud.accounts.is_known(account)
        client = await cloud.accounts.of(account, ask)
        try:
            return await work(client.get_blob_client(container, name))
        except AzureError as fault:
            if not _may_be_another(fault):
                raise
            cloud.accounts.forget(account, client)
            cloud.addresses.tell(account, None)
            if not is_known:
                raise
        client = await cloud.accounts.of(account, ask)
        return await work(client.get_blob_client(container, name))


def _may_be_another(fault: AzureError) -> bool:
    """Whether the account may have another key or address by now."""
    if isinstance(fault, HttpResponseError):
        return fault.status_code in _NOT_LET_IN
    return isinstance(fault, ServiceRequestError)


async def _read(blob: BlobClient) -> bytes:
    stream = await blob.download_blob()
    return await stream.read(LARGEST + 1)


def _content(document: Json) -> bytes:
    """Return the bytes of a document, the same for the same one."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
