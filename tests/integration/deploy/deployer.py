"""A program that deploys to a real account and ends itself, ``kill -9``, where it is told.

A moment is a number of entries that the journal holds, and whether the call that an entry announces
was made.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.integration.deploy.real_resources import REGISTRY, reached, stack_of

from funcyard.deploy.apply import deploy
from funcyard.deploy.engine import Engine
from funcyard.deploy.entries import Entry
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.records import State
from funcyard.deploy.store import Journal


class EndingJournal(Journal):
    """Ends the process before or after an entry is written: moments 2n and 2n + 1."""

    def __init__(self, journal: Journal, moment: int) -> None:
        self._journal = journal
        self._left = moment
        self.seal = journal.seal

    @property
    def state(self) -> State:  # type: ignore[override]
        return self._journal.state

    async def write(self, entry: Entry) -> None:
        self._pass()
        await self._journal.write(entry)
        self._pass()

    async def compact(self) -> None:
        self._pass()
        await self._journal.compact()
        self._pass()

    def _pass(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


class EndingStore(FolderStore):
    """A folder's state, held by a process that ends at a moment."""

    def __init__(self, folder: Path, stack: str, moment: int) -> None:
        super().__init__(folder, stack)
        self._moment = moment

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Journal]:
        async with super().open() as journal:
            yield EndingJournal(journal, self._moment)


def main(connection: str, folder: Path, name: str, colour: str, moment: int) -> None:
    """Deploy a stack until the moment comes."""
    asyncio.run(_deploy(connection, folder, name, colour, moment))


async def _deploy(connection: str, folder: Path, name: str, colour: str, moment: int) -> None:
    async with reached(connection) as storage:
        store = EndingStore(folder, name, moment)
        engine = Engine(name, storage, store, REGISTRY)
        report = await deploy(engine, stack_of(name, colour, "round"))
        assert report is not None
        assert report.is_good
