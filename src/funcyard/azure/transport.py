"""How requests to Azure and its storage travel.

To an Azure with certificates of its own: by connections that are kept, as to the public one. The
clients' own transport reads such certificates anew for each request, and so opens a connection for
each.

To storage: an answer that breaks off in its body is no answer. The clients' own transport raises
it as a refusal without a response, and the client of tables then fails on that, with an error that
is none of Azure's. Here it is what it is, so that the clients repeat what may be repeated and
everybody else sees that the service was not reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import aiohttp
from azure.core.exceptions import IncompleteReadError, ServiceResponseError
from azure.core.pipeline.transport import AioHttpTransport

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


class TrustingTransport(AioHttpTransport):  # type: ignore[misc]  # azure-core loads it lazily
    """A transport that keeps its connections, whatever certificates they are trusted by.

    Args:
        trusted: Returns what is trusted, when the first request is sent.
        use_env_settings: Whether proxies that the environment names are used.
        options: Of azure-core's own transport.
    """

    def __init__(
        self,
        trusted: Callable[[], ssl.SSLContext],
        *,
        use_env_settings: bool,
        **options: Any,  # noqa: ANN401 - as azure-core has it
    ) -> None:
        super().__init__(use_env_settings=use_env_settings, **options)
        self._trusted = trusted
        self._through_proxies = use_env_settings
        self._was_opened = False

    async def __aenter__(self) -> Self:
        return (
            self  # the first request opens it: what is trusted is read by nobody who asks nothing
        )

    async def open(self) -> None:
        """Make what keeps the connections, once.

        Raises:
            CloudError: What is trusted cannot be read.
            ValueError: It was closed.
        """
        if not self._was_opened:
            self.session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._trusted()),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=self._through_proxies,
            )
            self._was_opened = True
        await super().open()


class StorageTransport(AioHttpTransport):  # type: ignore[misc]  # azure-core loads it lazily
    """The transport of storage clients."""

    async def send(self, request: Any, **options: Any) -> Any:  # noqa: ANN401 - as azure-core has it
        """Send a request and return the response.

        Raises:
            ServiceResponseError: There was none, or it broke off.
        """
        try:
            return await super().send(request, **options)
        except IncompleteReadError as fault:
            raise ServiceResponseError(fault.message, error=fault) from fault
