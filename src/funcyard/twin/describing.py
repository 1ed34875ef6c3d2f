"""From a twin to what its functions are told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.contract.devices import DeviceInfo
from funcyard.twin.contract.info import EventInfo, TwinInfo

if TYPE_CHECKING:
    from funcyard.twin.config.devices import Device
    from funcyard.twin.config.events import Event
    from funcyard.twin.config.twin import Twin


def describe(twin: Twin) -> TwinInfo:
    """Return what the functions of a twin know of it; no secret is in it."""
    return TwinInfo(
        name=twin.config.digital_twin_name,
        debug=twin.config.mode == "debug",
        hot_days=twin.config.hot_storage_size_in_days,
        cold_days=twin.config.cold_storage_size_in_days,
        clouds=dict(twin.providers.slots()),
        events=tuple(map(_event, twin.events)) if twin.flags.use_event_checking else (),
    )


def describe_device(device: Device, twin: Twin) -> DeviceInfo:
    """Return what the functions of a twin know of one of its devices."""
    types = {one.name: one.data_type for one in device.properties}
    return DeviceInfo(device.id, device.twin, types, device.id in twin.processors)


def _event(event: Event) -> EventInfo:
    action = event.action
    feedback = action.feedback
    return EventInfo(
        condition=event.condition,
        action=action.type,
        function=action.function_name,
        feedback_device=feedback.device if feedback else None,
        feedback=feedback.payload if feedback else {},
    )
