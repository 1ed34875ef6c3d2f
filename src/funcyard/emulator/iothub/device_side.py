"""What devices do over HTTPS: send, and take messages one by one.

https://learn.microsoft.com/rest/api/iothub/device
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.http import Answer
from funcyard.emulator.iothub import errors, headers
from funcyard.emulator.iothub.telemetry import Telemetry

if TYPE_CHECKING:
    from funcyard.emulator.iothub.call import HubCall

_BATCH: Final = "application/vnd.microsoft.iothub.json"


async def send(call: HubCall) -> Answer:
    """Take a message; it is kept when that is answered."""
    call.check_device()
    device = call.hub.device(call.device)
    if call.request.headers.get("content-type", "").lower().startswith(_BATCH):
        raise errors.not_served("batches of messages", "Send them one by one.")
    properties, system = headers.read(call.request.headers)
    await call.hub.accept(device, Telemetry(call.request.body, properties, system))
    return Answer(204)


async def receive(call: HubCall) -> Answer:
    """Hand over the oldest message that waits."""
    call.check_device()
    taken = call.hub.queue.take(call.device)
    return Answer(204) if taken is None else headers.written(*taken)


async def settle(call: HubCall) -> Answer:
    """Forget a message that was handed over: it was taken, or is not wanted."""
    call.check_device()
    call.hub.queue.settle(call.device, call.names[1])
    return Answer(204)


async def abandon(call: HubCall) -> Answer:
    """Let a message that was handed over be so again."""
    call.check_device()
    call.hub.queue.abandon(call.device, call.names[1])
    return Answer(204)
