"""What events need: devices that are there, flags that let them act, one meaning of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.faults import Severity
from funcyard.twin.config.checks.hints import devices_hint
from funcyard.twin.config.devices import Devices
from funcyard.twin.config.events import Action, Event, Events
from funcyard.twin.config.files import DEVICES, EVENTS
from funcyard.twin.config.findings import Fault
from funcyard.twin.config.optimization import Flags, Optimization

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.twin.config.parts import Parts


def check(parts: Parts) -> Iterator[Fault]:
    """Yield every fault of events."""
    events, optimization = parts.get(Events), parts.get(Optimization)
    if events is None:
        return
    if optimization is not None:
        yield from _flags(events, optimization.result.flags)
    devices = parts.get(Devices)
    ids = {one.id for one in devices.root} if devices and parts.is_whole(DEVICES) else None
    functions: dict[str, Action] = {}
    for number, event in enumerate(events.root):
        if ids is not None:
            yield from _feedback(number, event, ids)
        yield from _function(number, event.action, functions)


def _flags(events: Events, flags: Flags) -> Iterator[Fault]:
    if events.root and not flags.use_event_checking:
        message = "no event is checked, as useEventChecking is false"
        yield Fault(EVENTS, (), message, severity=Severity.WARNING)
        return
    for number, event in enumerate(events.root):
        action = event.action
        if action.type == "logic_app" and not flags.trigger_notification_workflow:
            path = (number, "action", "type")
            yield Fault(EVENTS, path, "needs triggerNotificationWorkflow, which is false")
        if action.feedback and not flags.return_feedback_to_device:
            path = (number, "action", "feedback")
            yield Fault(EVENTS, path, "needs returnFeedbackToDevice, which is false")


def _feedback(number: int, event: Event, devices: set[str]) -> Iterator[Fault]:
    feedback = event.action.feedback
    if feedback and feedback.device not in devices:
        path = (number, "action", "feedback", "iotDeviceId")
        hint = devices_hint(devices)
        yield Fault(EVENTS, path, f"there is no device {feedback.device}", hint)


def _function(number: int, action: Action, functions: dict[str, Action]) -> Iterator[Fault]:
    if action.function_name is None:
        return
    first = functions.setdefault(action.function_name.lower(), action)
    if (first.path_to_code, first.auto_deploy) != (action.path_to_code, action.auto_deploy):
        path = (number, "action", "functionName")
        message = f"{action.function_name} is another function in an event before"
        yield Fault(EVENTS, path, message, "give both the same code, or one another name")
