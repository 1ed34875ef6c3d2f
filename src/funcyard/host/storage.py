"""Clients of the storage accounts that an app's settings name, made once per connection.

A binding names a setting that holds a connection string. The client of a service is imported when
it is first asked for (:mod:`funcyard.host.storage_clients`): many apps need none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from funcyard.errors import UserError
from funcyard.host.setting_names import lookup, resolve_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from azure.data.tables.aio import TableServiceClient
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.queue.aio import QueueServiceClient

    from funcyard.host.blob_listing import BlobListing

DEFAULT_CONNECTION = "AzureWebJobsStorage"
"""The connection of a binding that names none, and of what the host itself keeps."""


class ConnectionMissingError(UserError):
    """A binding's connection leads to no connection string, or to one that is malformed."""

    code = "storage-connection"


class _Closable(Protocol):
    async def close(self) -> None: ...


_Client = TypeVar("_Client", bound=_Closable)


class StorageAccounts:
    """Asynchronous storage clients by connection name.

    The clients belong to the event loop they are first used on; :meth:`close` ends them.

    Args:
        settings: The app's settings, resolved. It is read when a client is first asked for.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings
        self._clients: dict[tuple[Callable[[str], _Closable], str], _Closable] = {}
        self._listings: dict[BlobServiceClient, BlobListing] = {}

    def blobs(self, connection: str = "") -> BlobServiceClient:
        """Return the blob service of a connection.

        Raises:
            ConnectionMissingError: No such connection string.
        """
        from funcyard.host.storage_clients.blobs import open_blobs  # noqa: PLC0415 - few apps need it

        return self._client(open_blobs, connection)

    def queues(self, connection: str = "") -> QueueServiceClient:
        """Return the queue service of a connection.

        Raises:
            ConnectionMissingError: No such connection string.
        """
        from funcyard.host.storage_clients.queues import open_queues  # noqa: PLC0415 - few apps need it

        return self._client(open_queues, connection)

    def tables(self, connection: str = "") -> TableServiceClient:
        """Return the table service of a connection.

        Raises:
            ConnectionMissingError: No such connection string.
        """
        from funcyard.host.storage_clients.tables import open_tables  # noqa: PLC0415 - few apps need it

        return self._client(open_tables, connection)

    def listing(self, connection: str = "") -> BlobListing:
        """Return what lists blobs of a connection with little work.

        Raises:
            ConnectionMissingError: No such connection string.
        """
        service = self.blobs(connection)
        from funcyard.host.blob_listing import BlobListing  # noqa: PLC0415 - few apps need it

        if service not in self._listings:
            self._listings[service] = BlobListing(service)
        return self._listings[service]

    async def close(self) -> None:
        """Close every client."""
        listings, self._listings = list(self._listings.values()), {}
        for listing in listings:
            await listing.close()
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()

    def _client(self, opened: Callable[[str], _Client], connection: str) -> _Client:
        text = connection_string(connection, self._settings)
        client = self._clients.get((opened, text))
        if client is None:
            try:
                client = opened(text)
            except ValueError as fault:
                raise ConnectionMissingError(
                    f"the connection string of {connection or DEFAULT_CONNECTION} is malformed",
                    hint="DefaultEndpointsProtocol=…;AccountName=…;AccountKey=…;…",
                ) from fault
            self._clients[opened, text] = client
        return cast("_Client", client)


def connection_string(connection: str, settings: Mapping[str, str]) -> str:
    """Return the connection string that a binding's ``connection`` leads to.

    As in the real host, ``AzureWebJobs<name>`` is looked for before ``<name>``, and no name means
    ``AzureWebJobsStorage``.
    https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#connections

    Raises:
        ConnectionMissingError: Neither setting exists, or an identity-based connection is meant.
        SettingMissingError: The name refers to a setting by ``%NAME%`` that does not exist.
    """
    name = resolve_settings(connection, settings) if connection else DEFAULT_CONNECTION
    for candidate in (f"AzureWebJobs{name}", name):
        if value := lookup(settings, candidate):
            return value
    if any(key.lower().startswith(f"{name}__".lower()) for key in settings):
        raise ConnectionMissingError(
            f"{name} is an identity-based connection ({name}__…), which does not work here",
            hint=f"set {name} to a connection string for local runs",
        )
    raise ConnectionMissingError(
        f"the connection {name} is not among the app's settings",
        hint=f"add {name} to local.settings.json or .env.local",
    )
