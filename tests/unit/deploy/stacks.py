"""Stacks of boxes: an engine for a cloud of boxes, with its state in a folder."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.unit.deploy import virtual_time
from tests.unit.deploy.boxes import Box, BoxCloud, Crate, Fuse, Killed, Mute, Slow, Stored
from tests.unit.deploy.virtual_time import Timeline

from funcyard.deploy.apply import Report, deploy
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Engine, Limits
from funcyard.deploy.entries import Entry
from funcyard.deploy.events import Event
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.records import State
from funcyard.deploy.registry import Registry
from funcyard.deploy.resume import resume
from funcyard.deploy.scope import everywhere
from funcyard.deploy.store import Journal


class FusedJournal(Journal):
    """A journal where the process may end before and after every entry."""

    def __init__(self, journal: Journal, fuse: Fuse) -> None:
        self._journal = journal
        self._fuse = fuse
        self.seal = journal.seal

    @property
    def state(self) -> State:  # type: ignore[override]
        return self._journal.state

    async def write(self, entry: Entry) -> None:
        self._fuse.spark()
        await self._journal.write(entry)
        self._fuse.spark()

    async def compact(self) -> None:
        self._fuse.spark()
        await self._journal.compact()
        self._fuse.spark()


class FusedStore(FolderStore):
    """A folder's state, held by a process that may end."""

    def __init__(self, folder: Path, stack: str, fuse: Fuse) -> None:
        super().__init__(folder, stack)
        self._fuse = fuse

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Journal]:
        async with super().open() as journal:
            yield FusedJournal(journal, self._fuse)


@dataclass
class Stack:
    """A stack in a cloud of boxes.

    Attributes:
        folder: Of its state.
        cloud: Where its boxes are.
        limits: Of the engine.
        events: What happened.
        seed: Of the engine's chance.
        time: When the last run ended, killed or not.
        took: How long the last one took that was not.
    """

    folder: Path
    cloud: BoxCloud = field(default_factory=BoxCloud)
    limits: Limits = field(default_factory=Limits)
    events: list[Event] = field(default_factory=list)
    name: str = "s"
    seed: int = 1
    time: Timeline = field(default_factory=Timeline)
    took: float = 0.0

    def engine(self) -> Engine[BoxCloud]:
        return Engine(
            self.name,
            self.cloud,
            FusedStore(self.folder, self.name, self.cloud.fuse),
            Registry([Box, Crate, Mute, Slow, Stored]),
            chance=random.Random(self.seed),  # noqa: S311  no secret
            emit=self.events.append,
            limits=self.limits,
        )

    def deploy(
        self,
        boxes: Iterable[Box],
        *,
        adopt: Iterable[str] = (),
        part: Collection[str] | None = None,
    ) -> Report:
        graph = Graph[BoxCloud](boxes)
        if part is None:
            return self._run(deploy(self.engine(), graph, adopt=list(adopt)))
        scope = frozenset(part).__contains__
        return self._run(deploy(self.engine(), graph.part(part), adopt=list(adopt), scope=scope))

    def destroy(self, part: Collection[str] | None = None) -> Report:
        scope = everywhere if part is None else frozenset(part).__contains__
        return self._run(destroy(self.engine(), scope=scope))

    def resume(self, boxes: Iterable[Box]) -> Report:
        return self._run(resume(self.engine(), Graph[BoxCloud](boxes)))

    def _run(self, work: Coroutine[Any, Any, Report | None]) -> Report:
        began = self.time.now
        report = self.time.run(work)
        self.took = self.time.now - began
        assert report is not None
        return report

    def state(self) -> State:
        return virtual_time.run(FolderStore(self.folder, self.name).read()).state

    def until_killed(self, fuse: int, work: Callable[[], object]) -> bool:
        """Do work in a process that ends after so many sparks; return whether it ended so."""
        self.cloud.fuse.left = fuse
        killed = False
        try:
            work()
        except* Killed:
            killed = True
        finally:
            self.cloud.fuse.left = None
        return killed

    def fresh(self, cloud: BoxCloud | None = None) -> None:
        """Forget what was called."""
        (cloud or self.cloud).calls.clear()
        self.events.clear()
