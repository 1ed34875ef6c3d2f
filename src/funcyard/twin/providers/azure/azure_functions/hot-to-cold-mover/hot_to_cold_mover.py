"""Move readings that have become old from hot to cold storage, device by device.

Of each device a chunk at a time is in memory: it is kept in cold storage, compared with what can be
read there, and only then deleted. Killed anywhere, the next run does what is left: cold storage
holds what it was given until a run was through.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from funcyard.twin.contract import settings
from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.items import ID, telemetry_of
from funcyard.twin.contract.times import write_time
from funcyard.twin.providers.azure.azure_functions.shared.calling import send_across
from funcyard.twin.providers.azure.azure_functions.shared.chunks import digest_of
from funcyard.twin.providers.azure.azure_functions.shared.faults import CopyError
from funcyard.twin.providers.azure.azure_functions.shared.moving import check_all_moved, each_apart
from funcyard.twin.providers.azure.azure_functions.shared.tracing import logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.twin.contract.envelopes import MessageType
    from funcyard.twin.contract.telemetry import Telemetry
    from funcyard.twin.providers.azure.azure_functions.shared.hot_storage import HotStorage, Item
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services

_PAGE: Final = 500
_MOST: Final = 5_000
_LARGEST: Final = 4 * 1024 * 1024
"""A chunk has so many readings, or so many bytes of JSON, at most (and one page more)."""

_LOGGER = logger("hot-to-cold-mover")


async def move(services: Services) -> None:
    """Move what is older than the twin's days of hot storage.

    Raises:
        MoveError: Readings of some devices could not be moved; it names them.
    """
    hot = await services.hot()
    cutoff = write_time(services.now() - timedelta(days=services.info.hot_days))
    devices = sorted([one async for one in hot.devices_before(cutoff)])
    failed = await each_apart(devices, lambda device: _move_device(device, cutoff, hot, services))
    await _release(cutoff, sorted(failed), services)
    check_all_moved(failed)


async def _move_device(device: str, cutoff: str, hot: HotStorage, services: Services) -> None:
    async for items in _chunks(device, cutoff, hot):
        readings = _readings(items)
        if not readings:
            continue
        kept = await _keep(device, readings, services)
        if kept != {"count": len(readings), "digest": digest_of(readings)}:
            raise CopyError(f"cold storage does not hold what was moved of {device}")
        times = {one.time for one in readings}
        changed = await hot.forget(device, [one for one in items if one[ID] in times])
        _LOGGER.info("%s: %s readings moved, %s kept as they changed", device, len(times), changed)


async def _chunks(device: str, cutoff: str, hot: HotStorage) -> AsyncIterator[list[Item]]:
    after, chunk, size = "", list[dict[str, object]](), 0
    while page := await hot.before(device, cutoff, after, _PAGE):
        after = page[-1][ID]
        chunk += page
        size += sum(len(json.dumps(one)) for one in page)
        if len(chunk) >= _MOST or size >= _LARGEST:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _readings(items: list[Item]) -> list[Telemetry]:
    """Return the readings among items; what is none is left where it is, and told."""
    found: list[Telemetry] = []
    for one in items:
        try:
            found.append(telemetry_of(one))
        except ContractError as fault:
            _LOGGER.warning("an item is left in hot storage: %s", fault.message)
    return found


async def _keep(device: str, readings: list[Telemetry], services: Services) -> object:
    if _is_here(services):
        return (await services.cold.add(device, readings, held=True)).as_json()
    items = [one.as_json() for one in readings]
    return await _send(services, "chunk", {"items": items, "held": True})


async def _release(cutoff: str, failed: list[str], services: Services) -> None:
    """Let cold storage know that hot storage has nothing older, but of devices that failed."""
    if _is_here(services):
        await services.cold.release(cutoff, failed)
    else:
        await _send(services, "release", {"before": cutoff, "except": failed})


def _is_here(services: Services) -> bool:
    clouds = services.info.clouds
    return clouds["layer_3_hot_provider"] == clouds["layer_3_cold_provider"]


async def _send(services: Services, kind: MessageType, payload: object) -> object:
    told: object = await send_across(
        services,
        "cold-writer",
        settings.COLD_WRITER_URL,
        settings.COLD_WRITER_TOKEN,
        target_slot="layer_3_cold_provider",
        source_slot="layer_3_hot_provider",
        kind=kind,
        payload=payload,
    )
    return told
