"""The listener that a function's trigger asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.errors import UserError

if TYPE_CHECKING:
    from funcyard.functions.model import Function
    from funcyard.host.listeners.listener import Listener, ListenerContext


class UnsupportedTriggerError(UserError):
    """This host cannot listen for a trigger of that type."""

    code = "unsupported-trigger"


def build(function: Function, context: ListenerContext) -> Listener:
    """Return the listener of a function that is started by a queue, a blob or a timer.

    Raises:
        UnsupportedTriggerError: Its trigger is of another type; what requests start is not
            listened for here.
        UserError: The trigger's settings are wrong.
    """
    match function.trigger.type:
        case "queueTrigger":
            from funcyard.host.listeners.queue import QueueListener  # noqa: PLC0415 - few apps listen

            return QueueListener(function, context)
        case "blobTrigger":
            from funcyard.host.listeners.blob import BlobListener  # noqa: PLC0415 - few apps listen

            return BlobListener(function, context)
        case "timerTrigger":
            from funcyard.host.listeners.timer import TimerListener  # noqa: PLC0415 - few apps listen

            return TimerListener(function, context)
        case other:
            raise UnsupportedTriggerError(
                f"the trigger {other} ({function.trigger.name}) cannot run here yet"
            )
