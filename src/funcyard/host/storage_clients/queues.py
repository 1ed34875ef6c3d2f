"""The client of queues."""

from __future__ import annotations

from azure.storage.queue.aio import QueueServiceClient

from funcyard.host.storage_clients.tries import constant_pauses


def open_queues(connection: str) -> QueueServiceClient:
    """Return a client for a connection string.

    Raises:
        ValueError: It is malformed.
    """
    return QueueServiceClient.from_connection_string(connection, **constant_pauses())
