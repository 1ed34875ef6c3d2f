"""From a twin to what its functions are told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.contract.info import DeviceInfo, EventInfo, TwinInfo

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
        devices={one.id: _device(one, twin) for one in twin.devices},
        events=tuple(map(_event, twin.events)) if twin.flags.use_event_checking else (),
    )


def _device(device: Device, twin: Twin) -> DeviceInfo:
    types = {one.name: one.data_type for one in device.properties}
    return DeviceInfo(device.twin, types, has_processor=device.id in twin.processors)


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
