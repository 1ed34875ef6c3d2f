"""Clears away executions that ended long ago, and blobs that no execution has.

Rows go first, each execution's in one transaction, so whoever looks finds it whole or not at all;
with them the idempotency key that led to it. Blobs are found by the ids in their names, so those
that somebody left behind who died go by the same way. What is not over is never touched, however
old it is, and a run stops after so many: the rest is for the next.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.azure.row_ids import last_since
from funcyard.errors import FuncyardError
from funcyard.workflows.executions import rows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from datetime import datetime

    from funcyard.workflows.executions.payloads import Payloads
    from funcyard.workflows.executions.table import ExecutionTable

_OF_EXECUTIONS: Final = ("inputs/", "results/", "logs/")
_REGISTRIES: Final = "registries/"
_ID: Final = 36
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cleared:
    """What went.

    Attributes:
        executions: How many.
        payloads: How many blobs of executions.
        registries: How many versions' registries.
    """

    executions: int
    payloads: int
    registries: int


class Retention:
    """What clears away.

    Every method raises ``AzureFailedError`` where storage refuses or cannot be reached.

    Args:
        table: Of executions.
        payloads: Theirs.
        current: Tells the version of a scope that counts now.
    """

    def __init__(
        self,
        table: ExecutionTable,
        payloads: Payloads,
        current: Callable[[str], Awaitable[str | None]],
    ) -> None:
        self._table = table
        self._payloads = payloads
        self._current = current

    async def run(self, organizations: Collection[str], before: datetime, most: int) -> Cleared:
        """Clear away all that is of before a moment, organisation by organisation.

        What fails for one keeps no other from its turn; who comes first is drawn, so that none is
        always the last.

        Args:
            organizations: Whose executions.
            before: The moment.
            most: How many executions of each at most, and how many blobs.
        """
        count = 0
        for organization in random.sample(list(organizations), len(organizations)):
            try:
                count += await self.executions(organization, before, most)
            except FuncyardError as fault:
                _log.warning("executions of %s are not cleared away: %s", organization, fault)
        payloads = await self.payloads(before, most)
        return Cleared(count, payloads, await self.registries(before, most))

    async def executions(self, organization: str, before: datetime, most: int) -> int:
        """Remove an organisation's executions that were begun and ended before a moment.

        Args:
            organization: Whose.
            before: The moment.
            most: How many at most.

        Returns:
            How many went.
        """
        low, high = rows.range_of(rows.ENDED, last_since(before))
        going: list[list[str]] = []
        async for row in self._table.between(organization, low, high, limit=most):
            execution = rows.from_row(row)
            if execution.finished_at is None or execution.finished_at < before:
                keys = [row["RowKey"], *(one["RowKey"] for one in rows.to_index_rows(execution))]
                going.append(keys + ([row[rows.KEY]] if rows.KEY in row else []))
        await self._table.remove(organization, going)
        return len(going)

    async def payloads(self, before: datetime, most: int) -> int:
        """Remove blobs of before a moment whose executions are gone, or never were.

        Args:
            before: The moment.
            most: How many at most.

        Returns:
            How many went.
        """
        oldest = last_since(before)
        going: list[str] = []
        for folder in _OF_EXECUTIONS:
            async for name in self._payloads.names(folder):
                organization, _, file = name.removeprefix(folder).rpartition("/")
                identity = file[:_ID]
                if identity > oldest and not await self._table.has(organization, identity):
                    going.append(name)
                if len(going) >= most:
                    break
        await self._payloads.remove(going[:most])
        return len(going[:most])

    async def registries(self, before: datetime, most: int) -> int:
        """Remove what is known of versions since before a moment, unless they count now.

        Another engine that meets such a version looks through it again.

        Args:
            before: The moment.
            most: How many at most.

        Returns:
            How many went.
        """
        counting: dict[str, str | None] = {}
        going: list[str] = []
        async for name in self._payloads.names(_REGISTRIES, written_before=before):
            scope, _, file = name.removeprefix(_REGISTRIES).rpartition("/")
            if scope not in counting:
                counting[scope] = await self._current(scope)
            if file.removesuffix(".json") != counting[scope]:
                going.append(name)
            if len(going) >= most:
                break
        await self._payloads.remove(going)
        return len(going)
