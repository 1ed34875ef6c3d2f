"""Kills instances of the platform, again and again, and judges what is left.

After each kill versions and views are proved; what has ended is looked at, so that it is seen if it
ends another time. At the end nobody is killed any more, nothing new is begun, and everything has to
end, on storage that fails as before.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from tests.bench.soak.full_share import full
from tests.bench.soak.processes import Process, Told
from tests.bench.soak.promises import until

if TYPE_CHECKING:
    import random

    from tests.bench.soak.executions import ExecutionJudge
    from tests.bench.soak.jobs import JobJudge
    from tests.bench.soak.pushing import Pusher
    from tests.bench.soak.revoking import Revocations
    from tests.bench.soak.spot import Spot
    from tests.bench.soak.versions import VersionJudge
    from tests.integration.emulator.conftest import Files
    from tests.integration.workspace.connected.platform import Platform

_INSTANCES = 2
_LONGEST_LIFE = 1.5
_EVERY = 10
_FULL_AT = 0
_REVOKED_AT = 5
_PATIENCE = 420.0
"""Seconds until everything has ended: a lost message is sent again after two minutes, and a sync
that fails is tried again after 5, 30 and 120 seconds."""

_LEFT = 30.0


@dataclass
class Soak:
    """Everything there is.

    Attributes:
        spot: Where it goes on, by connections that are spoiled.
        sound: The platform by sound connections.
        service: Of the share.
        pusher: Pushes and delivers.
        revocations: Of the token.
        versions: Judges of both scopes.
        jobs: Judge of syncs.
        executions: Judge of executions.
        told: What instances told.
        ended: How many syncs and executions ended how.
        kept: Versions whose contents were all proved.
    """

    spot: Spot
    sound: Platform
    service: Files
    pusher: Pusher
    revocations: Revocations
    versions: tuple[VersionJudge, VersionJudge]
    jobs: JobJudge
    executions: ExecutionJudge
    told: Told = field(default_factory=Told)
    ended: Counter[str] = field(default_factory=Counter)
    kept: int = 0

    @property
    def proved(self) -> int:
        """How many versions were found whole."""
        return sum(len(judge.proved) for judge in self.versions)

    async def run(self, kills: int, choice: random.Random) -> None:
        """Soak, and prove everything.

        Args:
            kills: How often somebody is killed.
            choice: Of who, and of the moments.

        Raises:
            BrokenPromiseError: Something does not hold.
        """
        processes: list[Process] = []
        try:
            for number in range(_INSTANCES):
                await self._start(number, processes)
            for number in range(1, kills + 1):
                await self._kill(number, processes, choice)
                if number % _EVERY == 0:
                    print(f"  {number} kills, {self.proved} versions", flush=True)
            await self._settle(processes)
        finally:
            for process in processes:
                await process.end()
        await self._judge_versions()
        await self._judge_records()
        await until(self._running, seconds=_LEFT)

    async def _start(self, number: int, processes: list[Process]) -> None:
        order = {"spot": self.spot.as_dict(), "name": f"w{number}"}
        processes.append(await Process.start(order, self.told))

    async def _kill(self, number: int, processes: list[Process], choice: random.Random) -> None:
        """Kill one and replace it."""
        is_revoked = number % _EVERY == _REVOKED_AT
        with contextlib.ExitStack() as stack:
            if number % _EVERY == _FULL_AT:
                stack.enter_context(full(self.service, self.spot.share))
            if is_revoked:
                self.revocations.revoke()
            await asyncio.sleep(choice.uniform(0, _LONGEST_LIFE))
            killed = processes[choice.randrange(_INSTANCES)]
            await killed.kill()
            processes.remove(killed)
        starting = asyncio.create_task(self._start(_INSTANCES + number, processes))
        try:
            await self._judge_versions()
            await self.jobs.look()
            await self.executions.look()
        finally:
            await starting
        if is_revoked:
            await self.revocations.reconnect()

    async def _settle(self, processes: list[Process]) -> None:
        """Push once more, begin nothing new, and wait until everything has ended."""
        await self.pusher.stop()
        last = await self.pusher.push()
        for process in processes:
            process.rest()
        await until(partial(self._unfinished, last, processes), seconds=_PATIENCE)

    async def _unfinished(self, last: str, processes: list[Process]) -> list[str]:
        for process in processes:
            process.prove_alive()
        state = await self.sound.workspace.versions.ledger.read(self.spot.followed)
        is_applied = state.applied is not None and state.applied.commit == last
        left = [] if is_applied else [f"the last push is not applied, but {state.applied}"]
        return [*left, *await self.jobs.pending(), *await self.executions.pending()]

    async def _judge_versions(self) -> None:
        followed, edited = self.versions
        await asyncio.gather(followed.judge(set()), edited.judge(set(self.told.versions)))

    async def _judge_records(self) -> None:
        for kind, counted in (
            ("sync", await self.jobs.judge(self.pusher.accepted)),
            ("execution", await self.executions.judge(self.told.executions)),
        ):
            self.ended.update({f"{kind}: {what}": count for what, count in counted.items()})
        self.kept = sum([await judge.prove_kept() for judge in self.versions])

    async def _running(self) -> list[str]:
        """Return what runs of the killed."""
        folder, found = Path(self.spot.local), []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                zombie = process.status() == psutil.STATUS_ZOMBIE
                if not zombie and Path(process.cwd()).is_relative_to(folder):
                    found.append(f"the process {process.pid}, {process.cmdline()}")
        return found
