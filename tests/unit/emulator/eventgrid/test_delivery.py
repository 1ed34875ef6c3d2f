"""Whoever delivers ends when told to, whatever comes at that moment."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from funcyard.emulator.core.clock import Clock
from funcyard.emulator.core.core import Core
from funcyard.emulator.eventgrid.delivery import Dispatcher
from funcyard.emulator.eventgrid.events import Event
from funcyard.emulator.eventgrid.naming import EVENT_GRID
from funcyard.emulator.eventgrid.outbox import Outbox, Recipient
from funcyard.emulator.eventgrid.sending import Sender


async def test_it_ends_where_an_event_comes_at_that_moment(tmp_path: Path) -> None:
    """Else a local Azure would never end, and answer nobody meanwhile."""
    clock = Clock()
    outbox = Outbox(tmp_path)
    later = clock.after(3600)
    outbox.accept([(Event(EVENT_GRID, {"id": "1"}), [Recipient("a", later + 1)])], later)
    core = cast("Core", SimpleNamespace(clock=clock))
    dispatcher = Dispatcher(core, outbox, cast("Sender", None))
    dispatcher.start()
    for _ in range(5):  # until it waits
        await asyncio.sleep(0)

    dispatcher.wake()
    async with asyncio.timeout(5):
        await dispatcher.stop()

    outbox.close()
