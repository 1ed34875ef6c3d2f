"""A listener's trouble with storage: said once when it begins and once when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.host.events import Event

if TYPE_CHECKING:
    from funcyard.host.events import Events, Level

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 2.0


class Trouble:
    """Counts failures in a row of one listener.

    Args:
        events: Where it is said.
        app: The app's name.
        function: The function that is affected, empty for several.
        what: What cannot be reached, as in ``queue orders``.
    """

    def __init__(self, events: Events, app: str, function: str, what: str) -> None:
        self._events = events
        self._app = app
        self._function = function
        self._what = what
        self._failures = 0

    def failed(self, fault: Exception) -> float:
        """Note a failure and return how many seconds to wait before the next try."""
        self._failures += 1
        if self._failures == 1:
            reason = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
            self.say("warning", f"{self._what} cannot be reached, trying on: {reason}")
        return float(min(_FIRST_PAUSE * 2 ** (self._failures - 1), _LONGEST_PAUSE))

    def ended(self) -> bool:
        """Note a success; return whether it ended a row of failures."""
        if not self._failures:
            return False
        self._failures = 0
        self.say("info", f"{self._what} is reached again")
        return True

    def say(self, level: Level, message: str) -> None:
        """Publish an event of this listener; see :meth:`Event.of_listener`."""
        self._events.publish(Event.of_listener(self._app, self._function, level, message))
