"""Events that could not be delivered, kept as blobs: several in one file, as Event Grid does.

https://learn.microsoft.com/azure/event-grid/manage-event-delivery#set-dead-letter-location
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from funcyard.emulator.eventgrid.accounts import container_of
from funcyard.emulator.eventgrid.naming import CLOUD_EVENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.eventgrid.outbox import Delivery


async def write(core: Core, kept: Kept, dead: Sequence[Delivery]) -> str:
    """Write dead events of a subscription to its place for them; return the blob's name.

    Raises:
        LookupError: The account is not there.
        ResourceNotFoundError: The container is not there.
        AzureError: It cannot be reached, or refuses.
    """
    schema = kept.properties["eventDeliverySchema"]
    place = kept.properties["deadLetterDestination"]["properties"]
    now = datetime.fromtimestamp(core.clock.time(), UTC)
    name = f"{kept.name.upper()}/{now.year}/{now.month}/{now.day}/{now.hour}/{uuid.uuid4()}.json"
    content = json.dumps([_letter(one, schema) for one in dead]).encode()
    async with container_of(core, place["resourceId"], place["blobContainerName"]) as container:
        await container.upload_blob(name, content)
    return name


def _letter(one: Delivery, schema: str) -> Json:
    """Return an event with why it is dead; CloudEvents have no capitals in such names."""
    why = {
        "deadLetterReason": one.reason,
        "deliveryAttempts": one.attempts,
        "lastDeliveryOutcome": one.outcome,
        "publishTime": _stamp(one.published),
        "lastDeliveryAttemptTime": _stamp(one.tried) if one.tried else None,
    }
    if schema == CLOUD_EVENTS:
        why = {name.lower(): value for name, value in why.items()}
    told = {name: value for name, value in why.items() if value is not None}
    return {**one.event.to(schema), **told}


def _stamp(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
