"""What the commands that serve share: the end on a signal, and events handed to a view."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.cli._up_view import View
    from funcyard.host.events import Events

INTERRUPTED = 130


def end_on_signals(request_stop: Callable[[], None]) -> list[int]:
    """Ask for the end on the first signal; a second Ctrl-C ends the process at once.

    Returns:
        A list that holds an entry for every Ctrl-C that came.
    """
    received: list[int] = []

    def interrupt() -> None:
        received.append(signal.SIGINT)
        if len(received) > 1:
            os._exit(INTERRUPTED)
        request_stop()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, interrupt)
    loop.add_signal_handler(signal.SIGTERM, request_stop)
    loop.add_signal_handler(signal.SIGHUP, request_stop)
    return received


async def show(events: Events, view: View) -> None:
    """Hand events to a view until cancelled."""
    async for batch in events.follow():
        view.show(batch)
