"""When a timer ran last and is due next, kept in storage as the real host keeps it.

One JSON blob each: ``azure-webjobs-hosts/timers/<host id>/Host.Functions.<function>/status``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceNotFoundError

from funcyard.host.bindings.blob import ensure_container

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobServiceClient

HOSTS_CONTAINER = "azure-webjobs-hosts"

NEVER = datetime.min.replace(tzinfo=UTC)
"""What .NET writes for no moment at all: 0001-01-01."""


@dataclass(frozen=True, slots=True)
class TimerStatus:
    """What is known of a timer.

    Attributes:
        last: When it ran last, :data:`NEVER` before the first run.
        next: When it is due.
        updated: When this was written; ``next`` follows from it and the schedule.
    """

    last: datetime
    next: datetime
    updated: datetime

    def as_dict(self) -> dict[str, str]:
        """Return it as azure-functions hands it to the function."""
        return {
            "Last": self.last.isoformat(),
            "LastUpdated": self.updated.isoformat(),
            "Next": self.next.isoformat(),
        }


class TimerStatusBlob:
    """The status of one timer in storage."""

    def __init__(self, service: BlobServiceClient, host_id: str, function: str) -> None:
        name = f"timers/{host_id}/Host.Functions.{function}/status"
        self._container = service.get_container_client(HOSTS_CONTAINER)
        self._blob = self._container.get_blob_client(name)

    async def read(self) -> TimerStatus | None:
        """Return the status, None where there is none or it cannot be understood.

        Raises:
            AzureError: The service refuses or is away.
        """
        try:
            text = await (await self._blob.download_blob()).readall()
        except ResourceNotFoundError:
            return None
        try:
            document = json.loads(text)
            moments = (_moment(document[name]) for name in ("Last", "Next", "LastUpdated"))
            return TimerStatus(*moments)
        except (ValueError, KeyError, TypeError):
            return None

    async def write(self, status: TimerStatus) -> None:
        """Keep the status.

        Raises:
            AzureError: The service refuses or is away.
        """
        content = json.dumps(status.as_dict()).encode()
        try:
            await self._blob.upload_blob(content, overwrite=True)
        except ResourceNotFoundError:
            await ensure_container(self._container)
            await self._blob.upload_blob(content, overwrite=True)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
