"""Deployments of a twin killed (``-9``) at moments of their journal, each then resumed.

Every ``--every``-th moment from ``--first`` on, so that several runs go through all of them. Each
deployment is of a twin of its own in one local Azure; the killed one is a process, what resumes is
``resume`` of this one. Afterwards everything is there; Resource Manager lists what the state holds
and nothing else; a further deployment has nothing to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.machinery import ROOT
from tests.bench.twin_machinery import azure, listed, make_twin, opened_twin, place, without_code

from funcyard.cli.deploy._azure import Purpose
from funcyard.deploy.apply import deploy
from funcyard.deploy.check import Present, check
from funcyard.deploy.destroy import destroy
from funcyard.deploy.resume import NothingToResumeError, resume

if TYPE_CHECKING:
    from tests.local_azure import LocalAzure

    from funcyard.cli.twin._session import Session
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.resources.reach import Reach

_SCALE = 1000
_NEVER = 10**6


@dataclass
class Kills:
    """Where deployments are killed.

    Attributes:
        folder: Of the twins.
        running: Where they are deployed.
        is_whole: Whether their apps get code.
    """

    folder: Path
    running: LocalAzure
    is_whole: bool

    def moments(self) -> int:
        """Return how many moments a deployment has that nobody kills."""
        twin, said = self._killed(_NEVER)
        asyncio.run(self._end(twin))
        return int(said)

    def at(self, moment: int) -> list[str]:
        """Kill a deployment at a moment, resume it; return what is not as it should be."""
        twin, said = self._killed(moment)
        if said:
            return ["it had ended before"]
        return asyncio.run(self._resumed(twin))

    def _killed(self, moment: int) -> tuple[Path, str]:
        twin = make_twin(self.folder / f"k{moment}", f"k{moment}")
        place(twin, self.running)
        command = [sys.executable, "-m", "tests.bench.twin_killed", str(twin), str(moment)]
        command += ["whole"] if self.is_whole else []
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode not in (0, -signal.SIGKILL):
            raise SystemExit(f"the deployment ended with {done.returncode}")
        return twin, done.stdout.strip()

    def _graph(self, session: Session) -> Graph[Reach]:
        return session.graph if self.is_whole else without_code(session.graph)

    async def _resumed(self, twin: Path) -> list[str]:
        async with opened_twin(twin) as session:
            graph = self._graph(session)
            try:
                report = await resume(session.engine, graph)
            except NothingToResumeError:  # killed before it began, or after it had ended
                report = await deploy(session.engine, graph)
            assert report is not None
            wrong = [f"resumed: {one}" for one in report.failures().items()]
            looked = await check(session.engine, graph)
            wrong += [f"{one}: {it}" for one, it in looked.items() if not isinstance(it, Present)]
            again = await deploy(session.engine, graph)
            assert again is not None
            acted = {one.what for one in again.results.values()}
            wrong += [f"again: {sorted(acted)}"] if acted != {"none"} else []
            held = {identity.lower() for identity in (await session.state()).records}
        wrong += self._compared(held)
        await self._end(twin)
        return wrong + [f"left: {one}" for one in listed(self.running)]

    def _compared(self, held: set[str]) -> list[str]:
        """Return what is listed and not held, and what is twice."""
        there = listed(self.running)
        bearing = Counter(
            json.dumps(one["tags"], sort_keys=True) for one in there.values() if one.get("tags")
        )
        return [f"an orphan: {one}" for one in there.keys() - held] + [
            f"{many} times: {tags}" for tags, many in bearing.items() if many > 1
        ]

    async def _end(self, twin: Path) -> None:
        async with opened_twin(twin, Purpose.TAKE) as session:
            await destroy(session.engine)


def main() -> int:
    """Kill and resume, and return 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(prog="twin_kills", description="kill deployments, resume them")
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--whole", action="store_true", help="deploy the apps' code, too")
    parser.add_argument("--seconds", type=float, default=300, help="begin none after so many")
    given = parser.parse_args()
    began, killed, wrong = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        with azure(room / "azure", _SCALE) as running:
            kills = Kills(room, running, given.whole)
            count = kills.moments()
            for moment in range(given.first, count, given.every):
                if time.monotonic() - began > given.seconds:
                    print(f"out of time; go on with --first {moment}")
                    break
                killed += 1
                for fault in kills.at(moment):
                    wrong += 1
                    print(f"at moment {moment}: {fault}", flush=True)
    passed = time.monotonic() - began
    print(f"moments of a deployment {count}; killed at {killed} of them, in {passed:.0f} s")
    print(f"not converged, orphans, duplicates: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
