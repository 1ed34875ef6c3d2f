"""All that versions are kept in: the ledger, the manifests and the contents, on one account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.workspace.versions.container import CONTAINER, VersionContainer
from funcyard.workspace.versions.contents import Contents
from funcyard.workspace.versions.ledger import TABLE, Ledger
from funcyard.workspace.versions.library import Library

if TYPE_CHECKING:
    from azure.data.tables.aio import TableServiceClient
    from azure.storage.blob.aio import BlobServiceClient

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.lease import LeaseTerms
    from funcyard.workspace.versions.manifest import Manifest
    from funcyard.workspace.versions.name import VersionName


class Versions:
    """The versions of all scopes on one storage account.

    Args:
        blobs: The account's blob service. The caller closes it.
        tables: The account's table service. The caller closes it.
        container: The container's name.
        table: The table's name.
        terms: How long a lease lasts.
    """

    def __init__(
        self,
        blobs: BlobServiceClient,
        tables: TableServiceClient,
        *,
        container: str = CONTAINER,
        table: str = TABLE,
        terms: LeaseTerms | None = None,
    ) -> None:
        self.container = VersionContainer(blobs, container)
        self.ledger = Ledger(tables, table=table, terms=terms)
        self.library = Library(self.container)
        self.contents = Contents(self.container)

    async def current(self, scope: Scope) -> tuple[VersionName, Manifest] | None:
        """Return the version that runs now, None before the first.

        Raises:
            VersionGoneError: It is gone: something else removed it.
            ManifestError: It is damaged.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        name = (await self.ledger.read(scope)).current
        return None if name is None else (name, await self.library.load(scope, name))
