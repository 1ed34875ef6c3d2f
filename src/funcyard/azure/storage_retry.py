"""The retries of clients of blobs, queues and files, as patient as :mod:`.retries` says."""

from __future__ import annotations

from typing import Any

from azure.storage.blob.aio import ExponentialRetry

from funcyard.azure.retries import RETRIES, each_kind, pause_seconds


class StorageRetry(ExponentialRetry):
    """Retries of blob, queue and file requests, whose packages share this policy's code."""

    def __init__(self) -> None:
        super().__init__(retry_total=RETRIES, retry_to_secondary=False, **each_kind())

    def get_backoff_time(self, settings: dict[str, Any]) -> float:
        """Return how long to wait; the name is the base class's."""
        return pause_seconds(settings["count"])
