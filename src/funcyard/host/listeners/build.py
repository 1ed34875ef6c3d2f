"""The listener that a function's trigger asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.host.listeners.blob import BlobListener
from funcyard.host.listeners.queue import QueueListener
from funcyard.host.listeners.timer import TimerListener

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.functions.model import Function
    from funcyard.host.listeners.listener import Listener, ListenerContext

_LISTENERS: dict[str, Callable[[Function, ListenerContext], Listener]] = {
    "queueTrigger": QueueListener,
    "blobTrigger": BlobListener,
    "timerTrigger": TimerListener,
}


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
    listener = _LISTENERS.get(function.trigger.type)
    if listener is None:
        raise UnsupportedTriggerError(
            f"the trigger {function.trigger.type} ({function.trigger.name}) cannot run here yet"
        )
    return listener(function, context)
