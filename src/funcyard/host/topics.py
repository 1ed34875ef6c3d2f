"""Topics of Event Grid that an app sends events to: one client for each address and key.

https://learn.microsoft.com/rest/api/eventgrid/dataplane/publish-cloud-event-events
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.host.topic_client import TopicClient

EVENT_GRID_SCHEMA: Final = "application/json; charset=utf-8"
"""Media type of events of the Event Grid schema."""
CLOUD_EVENTS: Final = "application/cloudevents-batch+json; charset=utf-8"
"""Media type of an array of CloudEvents."""


class Topics:
    """Sends events; its clients belong to the event loop they are first used on."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], TopicClient] = {}

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
        body = json.dumps(events, ensure_ascii=False).encode()
        await self._client(endpoint, key).post(body, media_type=media_type)

    async def close(self) -> None:
        """Close every client."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()

    def _client(self, endpoint: str, key: str) -> TopicClient:
        from funcyard.host.topic_client import TopicClient  # noqa: PLC0415 - few apps send events

        client = self._clients.get((endpoint, key))
        if client is None:
            client = self._clients[endpoint, key] = TopicClient(endpoint, key)
        return client
