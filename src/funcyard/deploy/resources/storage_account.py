"""A storage account, and the containers, queues, tables and shares that are declared in it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from azure.core.exceptions import HttpResponseError

from funcyard.azure.errors import AzureNotFoundError, error_code
from funcyard.deploy.resource import HiddenYetError
from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed, Operation
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.resource_group import ResourceGroup

_VERSION: Final = "2023-05-01"
_NOT_FOUND: Final = 404
_NOT_WHOLE: Final = "StorageAccountIsNotProvisioned"
_SERVICES: Final = ("blob", "queue", "table", "file")


@dataclass(frozen=True)
class StorageAccount(ArmResource):
    """A storage account: HTTPS alone, TLS 1.2 at least, no container that everybody may read."""

    kind: ClassVar[str] = "storage-account"
    version: ClassVar[str] = _VERSION
    output_names: ClassVar[frozenset[str]] = frozenset(
        {"id", "name", *(f"{service}_endpoint" for service in _SERVICES)}
    )
    secret_names: ClassVar[frozenset[str]] = frozenset({"key", "connection_string"})
    fixed: ClassVar[tuple[Path, ...]] = (("location",), ("kind",))

    @classmethod
    def of(
        cls,
        address: str,
        group: ResourceGroup,
        name: str,
        location: str,
        *,
        replication: str = "Standard_LRS",
    ) -> Self:
        """Return an account in a group.

        Args:
            address: Its name in the graph.
            group: Where it lies.
            name: 3 to 24 lower-case letters and digits, unique in all of Azure.
            location: Its region.
            replication: Its SKU.
        """
        return cls(
            address,
            group.inside("Microsoft.Storage/storageAccounts", name),
            {
                "location": location,
                "kind": "StorageV2",
                "sku": {"name": replication},
                "properties": {
                    "allowBlobPublicAccess": False,
                    "minimumTlsVersion": "TLS1_2",
                    "supportsHttpsTrafficOnly": True,
                },
            },
            (group.address,),
        )

    async def read(self, cloud: Reach) -> Observed | None:
        """Return what is there; where its blobs are is remembered for what lies in it."""
        read = super().read
        return await cloud.addresses.seen(
            self.identity,
            lambda: read(cloud),
            lambda found: _blobs(found.properties if found else {}),
        )

    async def destroy(self, cloud: Reach) -> Operation | None:
        """Delete it."""
        cloud.addresses.tell(self.identity, None)
        return await super().destroy(cloud)

    def outputs(self, observed: Observed) -> Mapping[str, Json]:
        """Return its id, name and addresses."""
        endpoints = _endpoints(observed.properties.get("properties"))
        return {"id": self.identity, "name": self.name} | {
            f"{service}_endpoint": endpoints.get(service, "") for service in _SERVICES
        }

    async def secrets(self, cloud: Reach, names: frozenset[str]) -> Mapping[str, str]:
        """Return its first key, and a connection string with that."""
        return await account_secrets(self.identity, cloud, names)


@dataclass(frozen=True)
class StoragePart(ArmResource):
    """Something that is declared in an account; the account says whose it is."""

    version: ClassVar[str] = _VERSION
    has_tags: ClassVar[bool] = False
    identity_is_ours: ClassVar[bool] = True
    output_names: ClassVar[frozenset[str]] = frozenset({"name"})
    parts: ClassVar[str]
    """Where it lies in the account."""

    @classmethod
    def of(cls, address: str, account: StorageAccount, name: str) -> Self:
        """Return one of an account.

        Args:
            address: Its name in the graph.
            account: Where it lies.
            name: As Azure Storage allows it for its type.
        """
        identity = f"{account.identity}/{cls.parts}/{name}"
        return cls(address, identity, {}, (account.address,))

    async def read(self, cloud: Reach) -> Observed | None:
        """Return the document that is there.

        Raises:
            HiddenYetError: Its account is not whole.
        """
        with hidden_without_account(self.address):
            return await super().read(cloud)

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return its name."""
        return {"name": self.name}


@dataclass(frozen=True)
class BlobContainer(StoragePart):
    """A container of blobs."""

    kind: ClassVar[str] = "blob-container"
    parts: ClassVar[str] = "blobServices/default/containers"


@dataclass(frozen=True)
class Queue(StoragePart):
    """A queue."""

    kind: ClassVar[str] = "queue"
    parts: ClassVar[str] = "queueServices/default/queues"


@dataclass(frozen=True)
class Table(StoragePart):
    """A table."""

    kind: ClassVar[str] = "table"
    parts: ClassVar[str] = "tableServices/default/tables"


@dataclass(frozen=True)
class FileShare(StoragePart):
    """A share of files."""

    kind: ClassVar[str] = "file-share"
    parts: ClassVar[str] = "fileServices/default/shares"


@contextmanager
def hidden_without_account(address: str) -> Iterator[None]:
    """Say of what lies in an account that it is hidden, where Azure has not made that whole.

    An account whose making failed stays so until it is put again, which nothing in it must delay.

    Raises:
        HiddenYetError: Instead of Azure's refusal.
    """
    try:
        yield
    except HttpResponseError as fault:
        if error_code(fault) != _NOT_WHOLE:
            raise
        raise HiddenYetError(
            f"{address}: its storage account is not whole", hint="deploy the account again"
        ) from fault


async def account_secrets(identity: str, cloud: Reach, names: frozenset[str]) -> Mapping[str, str]:
    """Return the first key of an account, and a connection string with that, by its id."""
    listed = await cloud.manager.act(identity, "listKeys", _VERSION)
    key = str(listed["keys"][0]["value"])
    found = {"key": key}
    if "connection_string" in names:
        shown = await cloud.manager.get(identity, _VERSION) or {}
        endpoints = _endpoints(shown.get("properties"))
        addresses = (f"{one.title()}Endpoint={url}" for one, url in endpoints.items())
        found["connection_string"] = ";".join(
            [
                "DefaultEndpointsProtocol=https",
                f"AccountName={identity.rpartition('/')[2]}",
                f"AccountKey={key}",
                *addresses,
            ]
        )
    return {name: found[name] for name in names}


async def blobs_connection(identity: str, cloud: Reach) -> str:
    """Return a connection string of an account's blobs alone, by its id.

    Raises:
        AzureNotFoundError: There is no such account, or it has no blobs yet.
    """

    async def ask() -> str | None:
        return _blobs(await cloud.manager.get(identity, _VERSION) or {})

    key = (await account_secrets(identity, cloud, frozenset({"key"})))["key"]
    address = await cloud.addresses.of(identity, ask)
    if address is None:
        raise AzureNotFoundError(f"no blobs are served by {identity}", status=_NOT_FOUND)
    return f"AccountName={identity.rpartition('/')[2]};AccountKey={key};BlobEndpoint={address}"


def _blobs(account: Mapping[str, Json]) -> str | None:
    return _endpoints(account.get("properties")).get("blob")


def _endpoints(properties: Json) -> dict[str, str]:
    shown = properties.get("primaryEndpoints") if isinstance(properties, dict) else None
    if not isinstance(shown, dict):
        return {}
    return {name: str(url) for name, url in shown.items() if name in _SERVICES}
