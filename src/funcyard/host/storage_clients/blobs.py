"""The client of blobs."""

from __future__ import annotations

from azure.storage.blob.aio import BlobServiceClient

from funcyard.host.storage_clients.tries import constant_pauses


def open_blobs(connection: str) -> BlobServiceClient:
    """Return a client for a connection string.

    Raises:
        ValueError: It is malformed.
    """
    return BlobServiceClient.from_connection_string(connection, **constant_pauses())
