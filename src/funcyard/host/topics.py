"""Topics of Event Grid that an app sends events to: one client for each address and key.

https://learn.microsoft.com/rest/api/eventgrid/dataplane/publish-cloud-event-events
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from azure.core import AsyncPipelineClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import (
    AsyncRetryPolicy,
    AzureKeyCredentialPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest

from funcyard.loopback import on_loopback

if TYPE_CHECKING:
    from collections.abc import Sequence

API_VERSION: Final = "2018-01-01"
EVENT_GRID_SCHEMA: Final = "application/json; charset=utf-8"
"""Media type of events of the Event Grid schema."""
CLOUD_EVENTS: Final = "application/cloudevents-batch+json; charset=utf-8"
"""Media type of an array of CloudEvents."""

_KEY_HEADER = "aeg-sas-key"
_RETRIES = 3
_BACKOFF_SECONDS = 0.8
_CONNECT_SECONDS = 5
_READ_SECONDS = 30
_OK = 200

_Client = AsyncPipelineClient[HttpRequest, AsyncHttpResponse]


class Topics:
    """Sends events; its clients belong to the event loop they are first used on."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], _Client] = {}

    async def send(
        self, endpoint: str, key: str, events: Sequence[dict[str, Any]], *, media_type: str
    ) -> None:
        """Send events of one schema to a topic, all or none.

        What cannot be sent is tried again three times, as Microsoft's client does.

        Args:
            endpoint: Address of the topic, with its path.
            key: Key of the topic.
            events: As they go over the wire.
            media_type: Which schema they are of.

        Raises:
            AzureError: The topic refuses, or cannot be reached.
        """
        request = HttpRequest(
            "POST",
            endpoint,
            params={"api-version": API_VERSION},
            headers={"content-type": media_type},
            content=json.dumps(events, ensure_ascii=False).encode(),
        )
        response = await self._client(endpoint, key).send_request(request)
        if response.status_code != _OK:
            raise HttpResponseError(response=response)

    async def close(self) -> None:
        """Close every client."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()

    def _client(self, endpoint: str, key: str) -> _Client:
        client = self._clients.get((endpoint, key))
        if client is None:
            client = self._clients[endpoint, key] = AsyncPipelineClient(
                endpoint,
                policies=[
                    UserAgentPolicy("funcyard"),
                    AsyncRetryPolicy(retry_total=_RETRIES, retry_backoff_factor=_BACKOFF_SECONDS),
                    AzureKeyCredentialPolicy(AzureKeyCredential(key), _KEY_HEADER),
                ],
                transport=AioHttpTransport(
                    # A proxy meant for the internet must not get what is on loopback.
                    use_env_settings=not on_loopback(endpoint),
                    connection_timeout=_CONNECT_SECONDS,
                    read_timeout=_READ_SECONDS,
                ),
            )
        return client
