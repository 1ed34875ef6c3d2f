"""What keeps the app of a site running, where something goes wrong with that."""

from __future__ import annotations

import asyncio

from funcyard.emulator.web.keeping import AppKeeper
from funcyard.emulator.web.process import Launch


async def test_what_cannot_be_told_to_run_does_not_end_the_keeping() -> None:
    asked = 0

    def launch() -> Launch | None:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise RuntimeError("a disk that is full")
        return None

    keeper = AppKeeper("site", launch, lambda _: None, lambda: "")
    first = keeper.restart()
    keeper.start()
    async with asyncio.timeout(20):
        await first
        await keeper.restart()
    await keeper.stop()
    assert asked > 1
