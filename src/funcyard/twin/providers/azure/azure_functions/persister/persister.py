"""Keep a reading in hot storage, let its twin show it, and have events checked.

Keeping comes first, and its failure is the function's. What comes after is told where it fails, and
costs no reading.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from funcyard.twin.contract import settings
from funcyard.twin.contract.graph import GraphRoute
from funcyard.twin.contract.items import item_of
from funcyard.twin.providers.azure.azure_functions.shared.asking import reading_of
from funcyard.twin.providers.azure.azure_functions.shared.calling import call, send_across
from funcyard.twin.providers.azure.azure_functions.shared.faults import FunctionError
from funcyard.twin.providers.azure.azure_functions.shared.showing import route_of, show
from funcyard.twin.providers.azure.azure_functions.shared.tracing import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from funcyard.twin.contract.telemetry import Telemetry
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services

_LOGGER = logger("persister")


async def answer(asked: Asked, services: Services) -> object:
    """Keep a reading; say what became of the graph and of the events."""
    telemetry = reading_of(asked.body, services)
    await _keep(telemetry, services)
    graph, events = await asyncio.gather(
        _tried("graph", _show(telemetry, services)), _tried("events", _check(telemetry, services))
    )
    return {"stored": True, "graph": graph, "events": events}


async def _keep(telemetry: Telemetry, services: Services) -> None:
    clouds = services.info.clouds
    if clouds["layer_2_provider"] == clouds["layer_3_hot_provider"]:
        await (await services.hot()).keep(telemetry)
        return
    await send_across(
        services,
        "hot-writer",
        settings.HOT_WRITER_URL,
        settings.HOT_WRITER_TOKEN,
        target_slot="layer_3_hot_provider",
        source_slot="layer_2_provider",
        kind="item",
        payload=item_of(telemetry),
    )


async def _show(telemetry: Telemetry, services: Services) -> str:
    """Let the twin show a reading, unless that is done elsewhere; return what was done."""
    match await route_of(telemetry.device, services):
        case GraphRoute.DIRECT:
            await show(telemetry, services)
            return "updated"
        case GraphRoute.PUSHED:
            await send_across(
                services,
                "adt-pusher",
                settings.ADT_PUSHER_URL,
                settings.ADT_PUSHER_TOKEN,
                target_slot="layer_4_provider",
                source_slot="layer_2_provider",
                kind="telemetry",
                payload=telemetry.as_json(),
            )
            return "pushed"
        case _:
            return "not-needed"


async def _check(telemetry: Telemetry, services: Services) -> str:
    """Have the events checked, where there are any; return what was done."""
    if not services.info.events:
        return "not-needed"
    await call(services, "l2", "event-checker", telemetry.as_json())
    return "checked"


async def _tried(what: str, work: Awaitable[str]) -> str:
    try:
        return await work
    except FunctionError as fault:
        _LOGGER.error("%s failed for a reading that is kept: %s", what, fault.message)  # noqa: TRY400
        return f"failed: {fault.code}"
    except Exception:
        _LOGGER.exception("%s failed for a reading that is kept", what)
        return f"failed: {FunctionError.code}"
