"""A storage account: where its four services are and by what right, and clients of each.

``async with account.files() as service:``: every call makes a client with connections of its own,
so a program makes one per service and keeps it. Requests carry the newest API version that the
installed packages know; Azure knows each before its package is published, Azurite takes all with
``--skipApiVersionCheck``, as Funcyard starts it.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential

from funcyard.azure.retries import table_retries
from funcyard.azure.transport import StorageTransport
from funcyard.errors import UsageError
from funcyard.loopback import on_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.core.credentials_async import AsyncTokenCredential
    from azure.data.tables.aio import TableServiceClient
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.fileshare.aio import ShareServiceClient
    from azure.storage.queue.aio import QueueServiceClient

PUBLIC_SUFFIX: Final = "core.windows.net"
"""What the addresses of the public cloud's storage end with."""

SERVICES: Final = ("blob", "queue", "table", "file")
"""The services of an account, as its addresses and connection strings spell them."""

_CONNECT_SECONDS: Final = 5
_READ_SECONDS: Final = 30
_NAME: Final = re.compile(r"[a-z0-9]{3,24}")
_HINT: Final = "DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=…"

# Public by design: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
_DEVELOPMENT: Final = {
    "AccountName": "devstoreaccount1",
    "AccountKey": "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"
    "/K1SZFPTOtr/KBHBeksoGMGw==",
    "BlobEndpoint": "http://127.0.0.1:10000/devstoreaccount1",
    "QueueEndpoint": "http://127.0.0.1:10001/devstoreaccount1",
    "TableEndpoint": "http://127.0.0.1:10002/devstoreaccount1",
}


class StorageAccountError(UsageError):
    """A connection string or an account's name or address cannot be meant."""

    code = "storage-account"


@dataclass(frozen=True, slots=True)
class StorageAccount:
    """Where an account's services are, and the right to use them: one of key, sas, credential.

    Attributes:
        name: The account's name.
        endpoints: Base address of each service it has, by ``blob``, ``queue``, ``table``, ``file``.
        key: The account's key, base64.
        sas: A shared access signature, without a leading question mark.
        credential: Gives out tokens of Microsoft Entra ID; works over HTTPS only.
    """

    name: str
    endpoints: Mapping[str, str]
    key: str | None = field(default=None, repr=False)
    sas: str | None = field(default=None, repr=False)
    credential: AsyncTokenCredential | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Check what was given.

        Raises:
            StorageAccountError: An address is none or carries a query, the key is not base64, or
                there is not exactly one right.
        """
        if not self.name:
            raise StorageAccountError("a storage account has no name", hint=_HINT)
        rights = [right for right in (self.key, self.sas, self.credential) if right is not None]
        if len(rights) != 1:
            raise StorageAccountError(
                f"the storage account {self.name} needs a key, a shared access signature or a"
                " sign-in, exactly one of them"
            )
        _check_key(self.key)
        for service, address in self.endpoints.items():
            _check_endpoint(service, address, tokens=self.credential is not None)

    @classmethod
    def from_connection_string(cls, text: str) -> StorageAccount:
        """Read a connection string; ``UseDevelopmentStorage=true`` means Azurite's own ports.

        https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string

        Raises:
            StorageAccountError: It is malformed. The message never holds a part of it.
        """
        values = _read_connection_string(text)
        if values.get("usedevelopmentstorage", "").lower() == "true":
            values = {name.lower(): value for name, value in _DEVELOPMENT.items()}
        explicit = {
            service: values[f"{service}endpoint"].rstrip("/")
            for service in SERVICES
            if values.get(f"{service}endpoint")
        }
        name = values.get("accountname") or _name_of(explicit)
        protocol = values.get("defaultendpointsprotocol")
        if protocol or not explicit:
            suffix = values.get("endpointsuffix") or PUBLIC_SUFFIX
            explicit = {**_endpoints(name, suffix, protocol or "https"), **explicit}
        return cls(
            name=name,
            endpoints=explicit,
            key=values.get("accountkey") or None,
            sas=values.get("sharedaccesssignature", "").removeprefix("?") or None,
        )

    @classmethod
    def from_credential(
        cls, name: str, credential: AsyncTokenCredential, *, suffix: str = PUBLIC_SUFFIX
    ) -> StorageAccount:
        """Return the account of a name in a cloud, used with tokens of Microsoft Entra ID.

        Args:
            name: 3 to 24 lower-case letters and digits.
            credential: Gives out the tokens. The caller closes it.
            suffix: What the cloud's storage addresses end with.

        Raises:
            StorageAccountError: The name cannot be an account's.
        """
        if not _NAME.fullmatch(name):
            raise StorageAccountError(
                f"{name!r} cannot name a storage account",
                hint="3 to 24 lower-case letters and digits",
            )
        return cls(name=name, endpoints=_endpoints(name, suffix, "https"), credential=credential)

    def blobs(self) -> BlobServiceClient:
        """Return a new client of the blob service.

        Raises:
            StorageAccountError: The account has no such service.
        """
        from azure.storage.blob.aio import BlobServiceClient  # noqa: PLC0415 - each where it is used

        from funcyard.azure.storage_retry import StorageRetry  # noqa: PLC0415 - it imports blobs

        return BlobServiceClient(retry_policy=StorageRetry(), **self._given("blob"))

    def queues(self) -> QueueServiceClient:
        """Return a new client of the queue service.

        Raises:
            StorageAccountError: The account has no such service.
        """
        from azure.storage.queue.aio import QueueServiceClient  # noqa: PLC0415 - each where it is used

        from funcyard.azure.storage_retry import StorageRetry  # noqa: PLC0415 - it imports blobs

        return QueueServiceClient(retry_policy=StorageRetry(), **self._given("queue"))

    def tables(self) -> TableServiceClient:
        """Return a new client of the table service.

        Raises:
            StorageAccountError: The account has no such service.
        """
        from azure.data.tables.aio import TableServiceClient  # noqa: PLC0415 - each where it is used

        given = self._given("table")
        return TableServiceClient(given.pop("account_url"), **given, **table_retries())

    def files(self) -> ShareServiceClient:
        """Return a new client of Azure Files.

        With tokens it acts with the rights of a backup, the only ones that its REST interface has
        for them: the role is Storage File Data Privileged Contributor.

        Raises:
            StorageAccountError: The account has no such service.
        """
        from azure.storage.fileshare.aio import ShareServiceClient  # noqa: PLC0415 - each where it is used

        from funcyard.azure.storage_retry import StorageRetry  # noqa: PLC0415 - it imports blobs

        given = self._given("file")
        if self.sas is not None:
            given["credential"] = self.sas  # as text it is also put on the source of a rename
        if self.credential is not None:
            given["token_intent"] = "backup"  # noqa: S105  no token
        return ShareServiceClient(retry_policy=StorageRetry(), **given)

    def _given(self, service: str) -> dict[str, Any]:
        address = self.endpoints.get(service)
        if not address:
            raise StorageAccountError(
                f"the storage account {self.name} has no address of its {service} service",
                hint=f"name it in the connection string: {service.title()}Endpoint=http://…",
            )
        return {
            "account_url": address,
            "credential": self._right(),
            "transport": StorageTransport(
                # A proxy meant for the internet must not get what is on this machine.
                use_env_settings=not on_loopback(address),
                connection_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
            ),
        }

    def _right(self) -> AzureNamedKeyCredential | AzureSasCredential | AsyncTokenCredential | None:
        if self.key is not None:
            return AzureNamedKeyCredential(self.name, self.key)
        if self.sas is not None:
            return AzureSasCredential(self.sas)
        return self.credential


def _read_connection_string(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, value = part.partition("=")
        if not equals or name.strip().lower() in values:
            raise StorageAccountError("the storage connection string is malformed", hint=_HINT)
        values[name.strip().lower()] = value.strip()
    if not values:
        raise StorageAccountError("the storage connection string is empty", hint=_HINT)
    return values


def _endpoints(name: str, suffix: str, protocol: str) -> dict[str, str]:
    if not name:
        raise StorageAccountError("the storage connection string names no account", hint=_HINT)
    return {service: f"{protocol}://{name}.{service}.{suffix}" for service in SERVICES}


def _name_of(endpoints: Mapping[str, str]) -> str:
    """Return the name that addresses alone tell: a path's first part, or the host's."""
    for address in endpoints.values():
        parts = urlsplit(address)
        return parts.path.strip("/").split("/")[0] or (parts.hostname or "").split(".")[0]
    return ""


def _check_key(key: str | None) -> None:
    try:
        base64.b64decode(key or "", validate=True)
    except (binascii.Error, ValueError):
        raise StorageAccountError("the storage account's key is not base64") from None


def _check_endpoint(service: str, address: str, *, tokens: bool) -> None:
    try:
        parts = urlsplit(address)
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.query or parts.fragment or parts.username:
        raise StorageAccountError(
            f"the address of the {service} service is not one",
            hint="https://ACCOUNT.file.core.windows.net, without a query",
        )
    if tokens and parts.scheme != "https":
        raise StorageAccountError(f"the {service} service takes tokens over HTTPS only")
