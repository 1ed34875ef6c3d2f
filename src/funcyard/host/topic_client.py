"""A client of one topic of Event Grid: its address, its key, and how often it is tried."""

from __future__ import annotations

from typing import Final

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

API_VERSION: Final = "2018-01-01"

_KEY_HEADER = "aeg-sas-key"
_RETRIES = 3
_BACKOFF_SECONDS = 0.8
_CONNECT_SECONDS = 5
_READ_SECONDS = 30
_OK = 200


class TopicClient:
    """Sends to one topic.

    Args:
        endpoint: Address of the topic, with its path.
        key: Key of the topic.
    """

    def __init__(self, endpoint: str, key: str) -> None:
        self._endpoint = endpoint
        self._client: AsyncPipelineClient[HttpRequest, AsyncHttpResponse] = AsyncPipelineClient(
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

    async def post(self, body: bytes, *, media_type: str) -> None:
        """Send one request; what cannot be sent is tried again three times.

        Raises:
            AzureError: The topic refuses, or cannot be reached.
        """
        request = HttpRequest(
            "POST",
            self._endpoint,
            params={"api-version": API_VERSION},
            headers={"content-type": media_type},
            content=body,
        )
        response = await self._client.send_request(request)
        if response.status_code != _OK:
            raise HttpResponseError(response=response)

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()
