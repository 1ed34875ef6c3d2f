"""The client of tables."""

from __future__ import annotations

from azure.data.tables.aio import TableServiceClient

from funcyard.host.storage_clients.tries import PAUSE_SECONDS, tries


def open_tables(connection: str) -> TableServiceClient:
    """Return a client for a connection string.

    Raises:
        ValueError: It is malformed.
    """
    return TableServiceClient.from_connection_string(
        connection, **tries(), retry_backoff_factor=PAUSE_SECONDS, retry_mode="fixed"
    )
