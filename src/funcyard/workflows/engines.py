"""Which engines live: each shows it by a row that changes, and others judge by their own clocks.

A running execution names its engine. It is lost when that engine's row has not changed for the
lease's time, as seen by whoever looks: no two clocks are compared, and an execution that runs for
hours costs no request. What one engine wants of another (end this execution) is a row, too.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Final

from azure.data.tables import UpdateMode

from funcyard.azure.errors import azure_errors

if TYPE_CHECKING:
    from azure.data.tables.aio import TableServiceClient

TABLE: Final = "WorkflowEngines"
_ENGINES: Final = "engines"
_ORGANIZATIONS: Final = "organizations"
_SIGNALS: Final = "signals"


async def forget_all(service: TableServiceClient) -> None:
    """Have every engine of a storage count as dead: for whoever knows that none lives.

    What they ran is lost at once then, not when their leases end.

    Raises:
        AzureFailedError: The storage refuses or cannot be reached.
    """
    table = service.get_table_client(TABLE)
    with azure_errors("forgetting the engines of a run that ended"):
        await service.create_table_if_not_exists(TABLE)
        async for row in table.query_entities(f"PartitionKey eq '{_ENGINES}'"):
            await table.delete_entity(_ENGINES, row["RowKey"])


class Engines:
    """This engine's row, and what it knows of the others.

    Args:
        service: Where the table is.
        lease_seconds: A row unchanged for so long is a dead engine's.
    """

    def __init__(self, service: TableServiceClient, lease_seconds: float) -> None:
        self.own = uuid.uuid4().hex
        self._service = service
        self._table = service.get_table_client(TABLE)
        self._lease = lease_seconds
        self._beat = 0
        self._seen: dict[str, tuple[int, float]] = {}
        self._organizations: set[str] = set()

    async def provision(self) -> None:
        """Make the table where it is not there, and show for the first time that this one lives."""
        with azure_errors("making the table of engines"):
            await self._service.create_table_if_not_exists(TABLE)
        await self.beat()

    async def beat(self) -> None:
        """Show that this engine lives."""
        self._beat += 1
        row = {"PartitionKey": _ENGINES, "RowKey": self.own, "Beat": self._beat}
        with azure_errors("renewing the lease of the engine"):
            await self._table.upsert_entity(row, mode=UpdateMode.REPLACE)

    async def leave(self) -> None:
        """Say that this engine is gone: what it still has is lost at once."""
        with azure_errors("giving up the lease of the engine"):
            await self._table.delete_entity(_ENGINES, self.own)

    async def look(self) -> set[str]:
        """Return the engines that live, as far as can be told by now."""
        now = time.monotonic()
        rows: dict[str, int] = {}
        with azure_errors("looking at the engines"):
            async for row in self._table.query_entities(f"PartitionKey eq '{_ENGINES}'"):
                rows[row["RowKey"]] = row["Beat"]
        for engine, beat in rows.items():
            if engine not in self._seen or self._seen[engine][0] != beat:
                self._seen[engine] = beat, now
        self._seen = {engine: self._seen[engine] for engine in rows}
        living = {engine for engine, (_, at) in self._seen.items() if now - at < self._lease}
        for dead in rows.keys() - living - {self.own}:
            with azure_errors("forgetting a dead engine"):
                await self._table.delete_entity(_ENGINES, dead)
        living.add(self.own)
        await self._forget_signals(living)
        return living

    async def signal(self, engine: str, organization: str, execution: str) -> None:
        """Ask an engine to end an execution."""
        row = {
            "PartitionKey": _SIGNALS,
            "RowKey": f"{engine}:{execution}",
            "Organization": organization,
        }
        with azure_errors("asking an engine to end an execution"):
            await self._table.upsert_entity(row, mode=UpdateMode.REPLACE)

    async def signals(self) -> list[str]:
        """Return, once, the executions that this engine shall end."""
        own = f"{self.own}:"
        with azure_errors("looking for executions to be ended"):
            query = self._table.query_entities(
                f"PartitionKey eq '{_SIGNALS}' and RowKey gt '{own}' and RowKey lt '{self.own};'"
            )
            found = [str(row["RowKey"]) async for row in query]
        for key in found:
            with azure_errors("taking a signal"):
                await self._table.delete_entity(_SIGNALS, key)
        return [key.removeprefix(own) for key in found]

    async def _forget_signals(self, living: set[str]) -> None:
        """Remove what dead engines are asked to end; what was theirs is ended by recovery."""
        with azure_errors("forgetting signals"):
            query = self._table.query_entities(f"PartitionKey eq '{_SIGNALS}'")
            keys = [str(row["RowKey"]) async for row in query]
        for key in keys:
            if key.partition(":")[0] not in living:
                with azure_errors("forgetting signals"):
                    await self._table.delete_entity(_SIGNALS, key)

    async def note_organization(self, organization: str) -> None:
        """Remember that an organisation has executions: recovery looks at each."""
        if organization in self._organizations:
            return
        row = {"PartitionKey": _ORGANIZATIONS, "RowKey": organization}
        with azure_errors("noting the organisation"):
            await self._table.upsert_entity(row, mode=UpdateMode.REPLACE)
        self._organizations.add(organization)

    async def organizations(self) -> list[str]:
        """Return every organisation that ever had executions."""
        with azure_errors("listing organisations"):
            query = self._table.query_entities(f"PartitionKey eq '{_ORGANIZATIONS}'")
            return [row["RowKey"] async for row in query]
