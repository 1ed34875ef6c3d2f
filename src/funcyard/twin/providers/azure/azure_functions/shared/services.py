"""What every function of an app is handed: settings, read when they are needed, and clients.

There is one of these in a process, and each client in it is made once, by the function that needs
it first. All of them share one pool of connections, which trusts what ``REQUESTS_CA_BUNDLE`` or
``SSL_CERT_FILE`` names.
"""

from __future__ import annotations

import asyncio
import ssl
from functools import cached_property
from typing import TYPE_CHECKING

import aiohttp
from azure.core.pipeline.transport import AioHttpTransport

from funcyard.twin.contract import clock, settings
from funcyard.twin.contract.errors import ContractError, MissingSettingError
from funcyard.twin.contract.info import TwinInfo, read_info

from .blobs import BlobStore, blob_store
from .devices import Devices
from .documents import documents
from .faults import SettingsError
from .feedback import DeviceMessages, device_messages
from .graph import Graph, graph
from .hot_storage import HotStorage, hot_storage
from .sending import Sender
from .tracing import logger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_CA_BUNDLE = "REQUESTS_CA_BUNDLE"
_LOGGER = logger("services")


class Services:
    """The settings of an app, and clients made of them.

    Args:
        environ: Its settings.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self._making = asyncio.Lock()
        self._hot: HotStorage | None = None

    def require(self, *names: str) -> tuple[str, ...]:
        """Return the values of settings.

        Raises:
            SettingsError: Some are missing; the log says which.
        """
        try:
            return settings.require(self.environ, *names)
        except MissingSettingError as fault:
            _LOGGER.error("%s", fault.message)  # noqa: TRY400 - the message says it all
            raise SettingsError("the app lacks settings; its log says which") from None

    def given(self, name: str) -> str | None:
        """Return the value of a setting, None where it is missing or empty."""
        return self.environ.get(name) or None

    @cached_property
    def info(self) -> TwinInfo:
        """What is known of the twin.

        Raises:
            SettingsError: It is not there, or another app's.
        """
        self.require(settings.INFO)
        try:
            return read_info(self.environ)
        except ContractError as fault:
            raise SettingsError(fault.message) from None

    @cached_property
    def devices(self) -> Devices:
        """What is known of the twin's devices.

        Raises:
            SettingsError: The app is not told where that is.
        """
        told = self.require(settings.BLOB_CONNECTION, settings.INFO_CONTAINER)
        return Devices(documents(self.transport(), *told))

    def now(self) -> datetime:
        """Return the time of the twin.

        Raises:
            SettingsError: The setting of its clock holds none.
        """
        try:
            return clock.now(self.environ)
        except ContractError as fault:
            raise SettingsError(fault.message) from None

    @cached_property
    def session(self) -> aiohttp.ClientSession:
        """What every client is carried by; it lasts as long as the process."""
        trusted = ssl.create_default_context(cafile=self.given(_CA_BUNDLE))
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=trusted, limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=True,
        )

    def transport(self) -> AioHttpTransport:
        """Return what carries a client of Azure's."""
        return AioHttpTransport(session=self.session, session_owner=False)

    @cached_property
    def sender(self) -> Sender:
        """Sends JSON over HTTP."""
        return Sender(self.session)

    async def hot(self) -> HotStorage:
        """Return hot storage.

        Raises:
            SettingsError: The app is not told of any.
            StorageError: It cannot be reached.
        """
        async with self._making:
            if self._hot is None:
                told = self.require(
                    settings.COSMOS_ENDPOINT,
                    settings.COSMOS_KEY,
                    settings.COSMOS_DATABASE,
                    settings.COSMOS_CONTAINER,
                )
                self._hot = await hot_storage(self.transport(), *told)
            return self._hot

    @cached_property
    def cold(self) -> BlobStore:
        """Cold storage.

        Raises:
            SettingsError: The app is not told of any.
        """
        told = self.require(settings.BLOB_CONNECTION, settings.COLD_CONTAINER)
        return blob_store(self.transport(), *told)

    @cached_property
    def archive(self) -> BlobStore:
        """The archive.

        Raises:
            SettingsError: The app is not told of any.
        """
        told = self.require(settings.BLOB_CONNECTION, settings.ARCHIVE_CONTAINER)
        return blob_store(self.transport(), *told)

    @cached_property
    def graph(self) -> Graph:
        """The graph of twins.

        Raises:
            SettingsError: The app is not told of any.
        """
        return graph(self.transport, *self.require(settings.ADT_URL, settings.CLIENT_ID))

    @cached_property
    def device_messages(self) -> DeviceMessages:
        """What sends messages to devices.

        Raises:
            SettingsError: The app is not told of a hub.
        """
        return device_messages(*self.require(settings.IOT_HUB_CONNECTION))
