"""What every listener is: started, stopped with its work drained, and given the same context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.host.events import Events
    from funcyard.host.host_json import HostJson
    from funcyard.host.invocation import Dispatcher
    from funcyard.host.listeners.suspects import Suspects
    from funcyard.host.storage import StorageAccounts


@dataclass(frozen=True, slots=True)
class ListenerContext:
    """What a listener may use of its app.

    Attributes:
        app: The app's name, for events.
        host_id: Identifies the app in storage: receipts, timer status, internal queues.
        settings: The app's settings, resolved; connection strings are complete ones.
        host_json: The app's host.json, typed.
        storage: Clients of the storage accounts that the settings name.
        dispatcher: Runs functions.
        suspects: Messages under which a worker of the app died.
        events: Where trouble is reported.
    """

    app: str
    host_id: str
    settings: Mapping[str, str]
    host_json: HostJson
    storage: StorageAccounts
    dispatcher: Dispatcher
    suspects: Suspects
    events: Events


class Listener(Protocol):
    """Waits for one function's trigger."""

    async def start(self) -> None:
        """Begin to listen; create what the trigger needs (a queue, a container)."""
        ...

    async def stop(self) -> None:
        """Take nothing new, wait for what runs, put back what was taken and not begun."""
        ...
