"""Hot storage: readings as items of Cosmos DB, an item a reading (``contract/items.py``).

https://learn.microsoft.com/azure/cosmos-db/nosql/query/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.cosmos.aio import CosmosClient
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosBatchOperationError,
    CosmosResourceNotFoundError,
)

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.items import ID, item_of, telemetry_of

from .faults import StorageError
from .tracing import logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from azure.core.pipeline.transport import AioHttpTransport
    from azure.cosmos.aio import ContainerProxy

    from funcyard.twin.contract.telemetry import Telemetry

Item = dict[str, Any]

_ETAG: Final = "_etag"
_TOGETHER: Final = 100
"""So many operations a transactional batch may have."""

_LOGGER = logger("hot-storage")


class HotStorage:
    """Readings that are asked for often.

    Args:
        container: Where they are.
    """

    def __init__(self, container: ContainerProxy) -> None:
        self._container = container

    async def keep(self, telemetry: Telemetry) -> None:
        """Keep a reading; the same one twice is kept once.

        Raises:
            StorageError: It could not be kept.
        """
        try:
            await self._container.upsert_item(dict(item_of(telemetry)))
        except AzureError as fault:
            raise _failed("written", fault) from None

    async def between(
        self, device: str, first: str, last: str, *, after: str, most: int
    ) -> list[Telemetry]:
        """Return the readings of a device from one time to another, the oldest first.

        Args:
            device: Whose.
            first: The earliest time, itself included.
            last: The latest, itself included.
            after: What they are younger than besides; empty for all.
            most: So many at most.

        Raises:
            StorageError: They could not be read.
        """
        found = await self._asked(
            "SELECT TOP @most * FROM c WHERE c.id >= @first AND c.id <= @last AND c.id > @after"
            " ORDER BY c.id",
            device,
            most=most,
            first=first,
            last=last,
            after=after,
        )
        return _readings(found)

    async def last(self, device: str) -> Telemetry | None:
        """Return the latest reading of a device, None where there is none.

        Raises:
            StorageError: It could not be read.
        """
        found = await self._asked("SELECT TOP 1 * FROM c ORDER BY c.id DESC", device)
        return next(iter(_readings(found)), None)

    async def before(self, device: str, time: str, after: str, most: int) -> list[Item]:
        """Return items of a device that are older than a time, the oldest first.

        Args:
            device: Whose.
            time: What they are older than.
            after: What they are younger than; empty for all.
            most: So many at most.

        Raises:
            StorageError: They could not be read.
        """
        return await self._asked(
            "SELECT TOP @most * FROM c WHERE c.id > @after AND c.id < @time ORDER BY c.id",
            device,
            most=most,
            after=after,
            time=time,
        )

    async def devices_before(self, time: str) -> AsyncIterator[str]:
        """Yield every device with items that are older than a time, in no order.

        Raises:
            StorageError: They could not be read.
        """
        found = self._container.query_items(
            "SELECT DISTINCT VALUE c.iotDeviceId FROM c WHERE c.id < @time",
            parameters=[{"name": "@time", "value": time}],
        )
        try:
            async for device in found:
                yield str(device)
        except AzureError as fault:
            raise _failed("read", fault) from None

    async def forget(self, device: str, items: Sequence[Item]) -> int:
        """Delete items of a device as they were read; return how many changed meanwhile.

        Those that have changed are kept, and what is gone already is gone.

        Raises:
            StorageError: Some could not be deleted.
        """
        changed = 0
        for begin in range(0, len(items), _TOGETHER):
            some = items[begin : begin + _TOGETHER]
            try:
                await self._container.execute_item_batch(
                    [("delete", (one[ID],), {"if_match_etag": one[_ETAG]}) for one in some], device
                )
            except CosmosBatchOperationError:
                changed += await self._forget_singly(device, some)
            except AzureError as fault:
                raise _failed("deleted", fault) from None
        return changed

    async def _forget_singly(self, device: str, items: Sequence[Item]) -> int:
        changed = 0
        for one in items:
            try:
                await self._container.delete_item(
                    one[ID],
                    device,
                    etag=one[_ETAG],
                    match_condition=MatchConditions.IfNotModified,
                )
            except CosmosResourceNotFoundError:
                continue
            except CosmosAccessConditionFailedError:
                changed += 1
            except AzureError as fault:
                raise _failed("deleted", fault) from None
        return changed

    async def _asked(self, query: str, device: str, **parameters: object) -> list[Item]:
        named = [{"name": f"@{name}", "value": value} for name, value in parameters.items()]
        found = self._container.query_items(query, parameters=named, partition_key=device)
        try:
            return [dict(one) async for one in found]
        except AzureError as fault:
            raise _failed("read", fault) from None


async def hot_storage(
    transport: AioHttpTransport, endpoint: str, key: str, database: str, container: str
) -> HotStorage:
    """Return hot storage at an account.

    Raises:
        StorageError: The account cannot be reached, or does not let the app in.
    """
    client = CosmosClient(endpoint, credential=key, transport=transport)
    try:
        await client.__aenter__()
    except AzureError as fault:
        raise _failed("reached", fault) from None
    return HotStorage(client.get_database_client(database).get_container_client(container))


def _readings(items: Sequence[Item]) -> list[Telemetry]:
    found: list[Telemetry] = []
    for one in items:
        try:
            found.append(telemetry_of(one))
        except ContractError as fault:
            _LOGGER.warning("an item is no reading: %s", fault.message)
    return found


def _failed(what: str, fault: AzureError) -> StorageError:
    _LOGGER.error("hot storage cannot be %s: %s", what, fault)
    return StorageError(f"hot storage cannot be {what}")
