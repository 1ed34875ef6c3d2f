"""Lists of executions, newest first: each is one range of keys, read a page at a time.

What is not over is one range, whatever it is looked for by; what is over lies in one for each
question. Where several questions are asked at once, the narrowest range is read and what does not
answer the others is left out by storage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.workflows.executions import rows
from funcyard.workflows.executions.record import Record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.workflows.executions.model import Execution, Status
    from funcyard.workflows.executions.table import ExecutionTable


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, newest first.

    Attributes:
        next: What asks for the rest; empty where there is none.
    """

    executions: list[Execution]
    next: str


class Listing:
    """Reads lists.

    Args:
        table: Of executions.
    """

    def __init__(self, table: ExecutionTable) -> None:
        self._table = table

    async def page(
        self,
        organization: str,
        *,
        status: Status | None = None,
        workflow: str = "",
        caller: str = "",
        limit: int = 50,
        after: str = "",
    ) -> Page:
        """Return executions, newest first, a page at a time.

        Args:
            organization: Whose.
            status: Only those that stand there.
            workflow: Only those of that workflow.
            caller: Only those that somebody started.
            limit: How many at most.
            after: ``next`` of the page before.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        wanted = {"Workflow": workflow, "Caller": caller}
        if status is not None:
            wanted["Status"] = status.value
        filters = {column: value for column, value in wanted.items() if value}
        ended = rows.ENDED
        if workflow:
            ended = f"w:{workflow}"
        elif caller:
            ended = f"u:{rows.hashed(caller)}"
        elif status is not None:
            ended = f"s:{status.value}"
        # What ends meanwhile is in both: whoever is not over is read first, so none is in neither.
        prefixes = [] if status is not None and status.final else [rows.ACTIVE]
        prefixes += [] if status is not None and not status.final else [ended]
        found: dict[str, Execution] = {}
        for prefix in prefixes:
            low, high = rows.range_of(prefix, after)
            reading = self._table.between(organization, low, high, limit=limit + 1, **filters)
            async for row in reading:
                one = rows.from_row(row)
                found[one.id] = one
        ordered = [found[one] for one in sorted(found)]
        page = ordered[:limit]
        return Page(page, page[-1].id if len(ordered) > limit else "")

    async def active(self, organization: str) -> AsyncIterator[Record]:
        """Yield every execution of an organisation that is not over.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        async for row in self._table.between(organization, *rows.range_of(rows.ACTIVE)):
            yield Record.of(row)
