"""Schedules: a row per scheduled workflow says when it is due; whoever sees that first starts it.

Starting is recorded under an idempotency key made of the row's moment, so that two engines that see
it at once start one execution, and one that dies after starting it harms nothing. Then the row is
moved to the next moment. Rows follow the version that counts: they are brought in line whenever an
engine meets a version, and checked again when one is due.

Moments that passed while no engine lived are made up for once, however many there were.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from azure.core import MatchConditions
from azure.core.exceptions import (
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.data.tables import UpdateMode

from funcyard.azure.errors import azure_errors
from funcyard.errors import FuncyardError
from funcyard.host.listeners.ncrontab import Ncrontab

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from azure.data.tables.aio import TableServiceClient

    from funcyard.workflows.registry import Registry

TABLE: Final = "WorkflowSchedules"
_PARTITION: Final = "schedules"
_log = logging.getLogger(__name__)


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Return this moment, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Due:
    """A scheduled workflow whose moment has come.

    Attributes:
        moment: The last one that has come.
        key: The same for everybody who sees it.
    """

    scope: str
    workflow: str
    moment: datetime
    key: str


def next_after(schedule: str, moment: datetime) -> datetime | None:
    """Return the first moment of a schedule later than a moment, None for never.

    Args:
        schedule: Five fields, minute hour day month weekday; every field must match.
        moment: In UTC, as the result is.
    """
    found = Ncrontab.parse(schedule).next_after(moment.astimezone(UTC).replace(tzinfo=None))
    return None if found is None else found.replace(tzinfo=UTC)


class Schedules:
    """The table of schedules.

    Args:
        service: Where it is.
        clock: Tells the time.
    """

    def __init__(self, service: TableServiceClient, clock: Clock) -> None:
        self._service = service
        self._table = service.get_table_client(TABLE)
        self._clock = clock

    async def provision(self) -> None:
        """Make the table where it is not there."""
        with azure_errors("making the table of schedules"):
            await self._service.create_table_if_not_exists(TABLE)

    async def follow(self, registry: Registry) -> None:
        """Bring a scope's rows in line with its version.

        While files of it do not load, what may be in them keeps its row.
        """
        wanted = {name: one.schedule for name, one in registry.workflows.items() if one.schedule}
        low, high = f"{registry.scope}:", f"{registry.scope};"
        rows = await self._rows(f"RowKey gt '{low}' and RowKey lt '{high}'")
        found = {row["Workflow"]: row for row in rows}
        for name, schedule in wanted.items():
            row = found.get(name)
            if row is None:
                await self._insert(registry.scope, name, schedule)
            elif row["Schedule"] != schedule:
                await self._update(row, schedule)
        if not registry.faults:
            for name in found.keys() - wanted.keys():
                await self._delete(found[name])

    async def tick(
        self,
        current: Callable[[str, str], Awaitable[str | None]],
        start: Callable[[Due], Awaitable[None]],
    ) -> None:
        """Start what is due.

        Args:
            current: Returns the schedule that a scope's workflow has now, empty where it has none,
                None where that cannot be said.
            start: Starts an execution, one for everybody who calls it with the same key.
        """
        now = self._clock()
        due = await self._rows(f"Due le datetime'{now:%Y-%m-%dT%H:%M:%S}Z'")
        for row in due:
            try:
                await self._take_turn(row, now, current, start)
            except FuncyardError as fault:
                _log.warning("the schedule of %s could not be followed: %s", row["RowKey"], fault)
            except Exception:  # noqa: BLE001 - one schedule must not keep the others from theirs
                _log.exception("the schedule of %s could not be followed", row["RowKey"])

    async def _take_turn(
        self,
        row: Any,  # noqa: ANN401 - the client's entity
        now: datetime,
        current: Callable[[str, str], Awaitable[str | None]],
        start: Callable[[Due], Awaitable[None]],
    ) -> None:
        """Start what a row says is due, and move the row on."""
        schedule = await current(row["Scope"], row["Workflow"])
        if schedule == "":
            await self._delete(row)
        elif schedule is not None and schedule != row["Schedule"]:
            await self._update(row, schedule)
        else:
            if schedule is not None:
                first = row["Due"]
                key = f"schedule:{row['RowKey']}:{first.isoformat()}"
                moment = _last(schedule, first, now)
                await start(Due(row["Scope"], row["Workflow"], moment, key))
            await self._update(row, row["Schedule"])

    async def _rows(self, condition: str) -> list[Any]:
        with azure_errors("reading the schedules"):
            query = self._table.query_entities(f"PartitionKey eq '{_PARTITION}' and {condition}")
            return [row async for row in query]

    async def _insert(self, scope: str, workflow: str, schedule: str) -> None:
        due = next_after(schedule, self._clock())
        if due is None:
            return
        row = {
            "PartitionKey": _PARTITION,
            "RowKey": f"{scope}:{workflow}",
            "Scope": scope,
            "Workflow": workflow,
            "Schedule": schedule,
            "Due": due,
        }
        with azure_errors("noting a schedule"):
            try:
                await self._table.create_entity(row)
            except ResourceExistsError:
                return  # another engine did, at this moment

    async def _update(self, row: Any, schedule: str) -> None:  # noqa: ANN401 - the client's entity
        """Move a row to its next moment, unless somebody has."""
        due = next_after(schedule, self._clock())
        if due is None:
            await self._delete(row)
            return
        changed = {**row, "Schedule": schedule, "Due": due}
        with azure_errors("moving a schedule on"):
            try:
                await self._table.update_entity(
                    changed,
                    mode=UpdateMode.REPLACE,
                    etag=row.metadata["etag"],
                    match_condition=MatchConditions.IfNotModified,
                )
            except (ResourceModifiedError, ResourceNotFoundError):
                return

    async def _delete(self, row: Any) -> None:  # noqa: ANN401 - the client's entity
        with azure_errors("forgetting a schedule"):
            try:
                await self._table.delete_entity(
                    row, etag=row.metadata["etag"], match_condition=MatchConditions.IfNotModified
                )
            except (ResourceModifiedError, ResourceNotFoundError):
                return


def _last(schedule: str, first: datetime, now: datetime) -> datetime:
    """Return the last moment of a schedule up to now, from one that has come."""
    moment = first
    while (following := next_after(schedule, moment)) is not None and following <= now:
        moment = following
    return datetime.fromtimestamp(moment.timestamp(), UTC)
