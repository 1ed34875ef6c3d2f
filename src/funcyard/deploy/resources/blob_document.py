"""A JSON document that lies in a container as a blob.

All of its content is held, by its hash; the account says whose it is. It is read and written by the
account's key (``blobs.py``).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from os.path import commonprefix
from typing import TYPE_CHECKING, ClassVar, Final, Self, TypeVar, cast

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContentSettings

from funcyard.azure.errors import AzureNotFoundError
from funcyard.deploy.resource import Observed, Resource
from funcyard.deploy.resources.blobs import in_blobs
from funcyard.deploy.resources.reach import Reach
from funcyard.deploy.resources.storage_account import BlobContainer, hidden_without_account

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from azure.storage.blob.aio import BlobClient, BlobServiceClient

    from funcyard.deploy.diff import Difference
    from funcyard.deploy.refs import Json, Value
    from funcyard.deploy.resource import Operation, Wanted

    Done = TypeVar("Done")

LARGEST: Final = 1024 * 1024
"""So many bytes a document has at most; what is larger is not the one that was written."""

_CONTAINERS: Final = "/blobServices/default/containers/"
_BLOBS: Final = "/blobs/"


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

    @property
    def account(self) -> str:
        """Id of the account."""
        return self.identity.partition(_CONTAINERS)[0]

    @property
    def container(self) -> str:
        """The container's name."""
        return self.identity.partition(_CONTAINERS)[2].partition(_BLOBS)[0]

    @property
    def read_with(self) -> str:
        """Id of its container, of which one list shows all its documents."""
        return self.identity.partition(_BLOBS)[0]

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

    @classmethod
    async def read_together(
        cls, cloud: Reach, resources: Sequence[Self]
    ) -> Mapping[str, Observed | None]:
        """Return those that a list shows to be as they are declared, by length and MD5.

        Of what differs, has no MD5 or is not listed it shows too little. One page is asked for:
        what else lies in the container may be endless.
        """
        first = resources[0]
        prefix = commonprefix([one.name for one in resources])  # noqa: RUF071  names are no paths
        try:
            listed = await in_blobs(
                cloud, first.account, lambda blobs: _list(blobs, first.container, prefix)
            )
        except (ResourceNotFoundError, AzureNotFoundError):
            return dict.fromkeys(one.identity for one in resources)
        return {
            one.identity: Observed({"document": document, "sha256": _digest(content)})
            for one in resources
            for document, content in [one._declared()]  # noqa: SLF001  one of this type
            if listed.get(one.name) == _mark(content)
        }

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

    def _declared(self) -> tuple[Json, bytes]:
        """Return the document as it shall be, and its bytes."""
        document = cast("Json", self.properties.get("document"))
        return document, _content(document)

    async def _write(self, cloud: Reach, wanted: Wanted) -> None:
        content = _content(wanted.properties["document"])
        _, md5 = _mark(content)
        settings = ContentSettings(content_type="application/json", content_md5=bytearray(md5))
        await self._done(
            cloud,
            lambda blob: blob.upload_blob(content, overwrite=True, content_settings=settings),
        )

    async def _done(self, cloud: Reach, work: Callable[[BlobClient], Awaitable[Done]]) -> Done:
        """Do something with the blob."""
        return await in_blobs(
            cloud,
            self.account,
            lambda blobs: work(blobs.get_blob_client(self.container, self.name)),
        )


async def _read(blob: BlobClient) -> bytes:
    stream = await blob.download_blob()
    return await stream.read(LARGEST + 1)


async def _list(
    blobs: BlobServiceClient, container: str, prefix: str
) -> dict[str, tuple[int, bytes]]:
    """Return how blobs are marked, by name, of those that one page shows."""
    pages = blobs.get_container_client(container).list_blobs(name_starts_with=prefix).by_page()
    async for page in pages:
        return {
            blob.name: (blob.size, bytes(blob.content_settings.content_md5 or b""))
            async for blob in page
        }
    return {}


def _mark(content: bytes) -> tuple[int, bytes]:
    """Return length and MD5, as a list shows them."""
    return len(content), hashlib.md5(content, usedforsecurity=False).digest()


def _content(document: Json) -> bytes:
    """Return the bytes of a document, the same for the same one."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
