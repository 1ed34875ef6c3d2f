"""The blob container of all versions, and what is called how in it.

``<scope's folder>/manifests/<version>.json.gz`` and ``<scope's folder>/packs/<id>``. Both are
written once, under names nobody else uses, and never changed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import ResourceExistsError

from funcyard.azure.errors import azure_errors
from funcyard.workspace.versions.name import VersionName

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient, BlobServiceClient, ContainerClient

    from funcyard.workspace.scopes import Scope

CONTAINER: Final = "workspace-versions"
"""The container's name, unless another is given."""

_MANIFEST: Final = ".json.gz"


class VersionContainer:
    """The container, made when something is first written.

    Args:
        service: The account's blob service. The caller closes it.
        name: Of the container.
    """

    def __init__(self, service: BlobServiceClient, name: str = CONTAINER) -> None:
        self.client: ContainerClient = service.get_container_client(name)
        self._made = False
        self._making = asyncio.Lock()

    def pack(self, scope: Scope, pack: str) -> BlobClient:
        """Return a client of a pack."""
        return self.client.get_blob_client(f"{packs_folder(scope)}{pack}")

    def manifest(self, scope: Scope, name: VersionName) -> BlobClient:
        """Return a client of a manifest."""
        return self.client.get_blob_client(f"{manifests_folder(scope)}{name}{_MANIFEST}")

    async def ensure(self) -> None:
        """Make the container where it is not there; asks once.

        Raises:
            AzureFailedError: It cannot be made.
        """
        async with self._making:
            if not self._made:
                doing = "making the container of versions"
                with azure_errors(doing), suppress(ResourceExistsError):
                    await self.client.create_container()
                self._made = True


def packs_folder(scope: Scope) -> str:
    """Return what the names of a scope's packs begin with."""
    return f"{scope.root}/packs/"


def manifests_folder(scope: Scope) -> str:
    """Return what the names of a scope's manifests begin with."""
    return f"{scope.root}/manifests/"


def version_of(blob: str) -> VersionName | None:
    """Return the version whose manifest a blob is, None where it is none."""
    name = blob.rpartition("/")[2]
    try:
        return VersionName.parse(name.removesuffix(_MANIFEST)) if name.endswith(_MANIFEST) else None
    except ValueError:
        return None
