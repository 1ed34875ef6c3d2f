"""Functions that call functions: those of their own cloud by key, those of another by token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.twin.contract import settings
from funcyard.twin.contract.envelopes import Envelope, MessageType
from funcyard.twin.contract.functions import address, function
from funcyard.twin.contract.times import write_time
from funcyard.twin.contract.tokens import HEADER, shown_by_sender

from .tracing import trace_id

if TYPE_CHECKING:
    from funcyard.twin.contract.telemetry import Telemetry

    from .services import Services

_KEY = "x-functions-key"
_BY_KEY = {"l1": (settings.L1_URL, settings.L1_KEY), "l2": (settings.L2_URL, settings.L2_KEY)}


async def call(
    services: Services, layer: str, name: str, body: object, /, **parameters: str
) -> Any:  # noqa: ANN401 - JSON
    """Call a function of the own cloud and return what it answers.

    Raises:
        SettingsError: The app is not told where it is.
        UpstreamError: It cannot be called, or refuses.
    """
    base, key = services.require(*_BY_KEY[layer])
    url = address(base, function(name, layer).route or "", **parameters)
    return (await services.sender.post(name, url, body, {_KEY: key})).body


async def process(services: Services, telemetry: Telemetry) -> None:
    """Hand a reading to the processor of its device: the owner's code, or the default.

    Raises:
        SettingsError: The app is not told where that is.
        UnreadableError: It cannot be told which of them.
        UpstreamError: It cannot be called, or refuses.
    """
    known = await services.devices.of(telemetry.device)
    if known is not None and known.has_processor:
        reading = telemetry.as_json()
        await call(services, "l2", "processor_wrapper", reading, device=telemetry.device)
    else:
        await call(services, "l2", "default-processor", telemetry.as_json())


async def send_across(
    services: Services,
    receiver: str,
    url: str,
    token: str,
    *,
    target_slot: str,
    source_slot: str,
    kind: MessageType,
    payload: object,
) -> Any:  # noqa: ANN401 - JSON
    """Send a payload to a receiver in another cloud and return what it answers.

    Args:
        services: Settings and clients.
        receiver: The function.
        url: The setting with its address.
        token: The setting with the token of the boundary.
        target_slot: The layer that it serves.
        source_slot: The layer that sends.
        kind: What the payload is.
        payload: A JSON document.

    Raises:
        SettingsError: Address or token are missing.
        UpstreamError: It cannot be called, or refuses.
    """
    where, shown = services.require(url, token)
    envelope = Envelope(
        source_cloud=services.info.clouds[source_slot],
        target_layer=target_slot,
        message_type=kind,
        timestamp=write_time(services.now()),
        trace_id=trace_id(),
        payload=payload,
    )
    headers = {HEADER: shown_by_sender(shown)}
    return (await services.sender.post(receiver, where, envelope.as_json(), headers)).body
