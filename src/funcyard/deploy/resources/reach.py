"""What resources of Azure are reached by."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.azure.credentials import credential
from funcyard.azure.manager import Manager
from funcyard.azure.sign_in import SharedSignIn
from funcyard.deploy.resources.addresses import Addresses
from funcyard.deploy.resources.blob_accounts import BlobAccounts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.credentials import Identity


@dataclass(frozen=True, slots=True)
class Reach:
    """An Azure, as one identity reaches it.

    Attributes:
        manager: Its Resource Manager, of every subscription that the identity may use.
        credential: Of the identity; all clients share what it was given.
        cloud: Where its services are.
        addresses: What is known of where resources are.
        accounts: The storage accounts whose blobs were reached.
    """

    manager: Manager
    credential: AsyncTokenCredential
    cloud: Cloud
    addresses: Addresses = field(default_factory=Addresses)
    accounts: BlobAccounts = field(default_factory=BlobAccounts)


@asynccontextmanager
async def reached(identity: Identity, cloud: Cloud) -> AsyncIterator[Reach]:
    """Reach an Azure.

    Raises:
        IdentityError: The cloud does not know such an identity.
    """
    async with (
        SharedSignIn(credential(identity, cloud)) as token,
        Manager(token, cloud) as manager,
    ):
        reach = Reach(manager, token, cloud)
        try:
            yield reach
        finally:
            await reach.accounts.close()
