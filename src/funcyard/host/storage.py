"""Clients of the storage accounts that an app's settings name, made once per connection.

A binding names a setting that holds a connection string. Timeouts and retries suit an emulator on
this machine: a request is tried for about four seconds, which outlives a restart of Azurite.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import AioHttpTransport
from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from funcyard.errors import UserError
from funcyard.host.blob_listing import BlobListing
from funcyard.host.setting_names import lookup, resolve_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT_CONNECTION = "AzureWebJobsStorage"
"""The connection of a binding that names none, and of what the host itself keeps."""

UNREACHABLE = (ServiceRequestError, ServiceResponseError, asyncio.TimeoutError)
"""What the clients raise when the service does not answer."""

_TRIES = 10
_PAUSE_SECONDS = 0.4
_CONNECT_SECONDS = 2
_READ_SECONDS = 30


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
        self._clients: dict[tuple[type, str], _Closable] = {}
        self._listings: dict[BlobServiceClient, BlobListing] = {}

    def blobs(self, connection: str = "") -> BlobServiceClient:
        """Return the blob service of a connection.

        Raises:
            ConnectionMissingError: No such connection string.
        """
        return self._client(BlobServiceClient, connection, _storage_options)

    def queues(self, connection: str = "") -> QueueServiceClient:
        """Return the queue service of a connection.

        Raises:
            ConnectionMissingError: No such connection string.
        """
        return self._client(QueueServiceClient, connection, _storage_options)

    def tables(self, connection: str = "") -> TableServiceClient:
        """Return the table service of a connection.

        Raises:
            ConnectionMissingError: No such connection string.
        """
        return self._client(TableServiceClient, connection, _table_options)

    def listing(self, connection: str = "") -> BlobListing:
        """Return what lists blobs of a connection with little work.

        Raises:
            ConnectionMissingError: No such connection string.
        """
        service = self.blobs(connection)
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

    def _client(
        self, kind: type[_Client], connection: str, options: Callable[[], dict[str, Any]]
    ) -> _Client:
        text = connection_string(connection, self._settings)
        client = self._clients.get((kind, text))
        if client is None:
            factory = cast("Any", kind).from_connection_string
            try:
                client = cast("_Client", factory(text, **options()))
            except ValueError as fault:
                raise ConnectionMissingError(
                    f"the connection string of {connection or DEFAULT_CONNECTION} is malformed",
                    hint="DefaultEndpointsProtocol=…;AccountName=…;AccountKey=…;…",
                ) from fault
            self._clients[kind, text] = client
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


def _transport() -> AioHttpTransport:
    # Without the environment: a proxy meant for the internet must not get what is on loopback.
    return AioHttpTransport(
        use_env_settings=False, connection_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS
    )


def _tries() -> dict[str, Any]:
    names = ("retry_total", "retry_connect", "retry_read", "retry_status")
    return {"transport": _transport(), **dict.fromkeys(names, _TRIES)}


def _storage_options() -> dict[str, Any]:
    # A constant pause: the exponential policy with nothing to its increment.
    pause = {"initial_backoff": _PAUSE_SECONDS, "increment_base": 0, "random_jitter_range": 0}
    return {**_tries(), **pause}


def _table_options() -> dict[str, Any]:
    return {**_tries(), "retry_backoff_factor": _PAUSE_SECONDS, "retry_mode": "fixed"}
