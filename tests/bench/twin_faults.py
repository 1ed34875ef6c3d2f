"""Twins deployed, changed and taken away in a local Azure that misbehaves, by seeded schedules.

Each schedule is a twin of a name of its own, so that it meets faults of its own; several go on at
once. It is a part of the example, with what that needs, drawn anew for the change: what is made,
changed and taken away. Apps get no code, for builds take long. What stops is resumed, up to some
rounds; what a report tells is held against the state, and at the end against what is there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.twin_machinery import (
    azure,
    edit,
    listed,
    make_twin,
    opened_twin,
    place,
    without_code,
)

from funcyard.cli.deploy._azure import Purpose, state_folder
from funcyard.cli.twin._session import ROOM
from funcyard.deploy.apply import deploy
from funcyard.deploy.check import Present, check
from funcyard.deploy.destroy import destroy
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.resume import resume
from funcyard.deploy.schedule import Ending
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.cli.twin._session import Session
    from funcyard.deploy.apply import Report
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.resources.reach import Reach

_SCALE = 1000
_ROUNDS = 8
_AT_ONCE = 20
_DRAWN = 7
"""Resources of a twin that are deployed, besides what they need."""
_REPLACED = 3
"""Of these another one in the change."""
_TWINS = 20
"""Of each seed, in one local Azure."""
_MIXES = (
    "latency=5,throttle=0.05,error=0.05,lost=0.05",
    "throttle=0.15,error=0.1,roles=60",
    "lost=0.2,late=0.05,roles=60",
    "late=0.1,error=0.05,latency=2",
    "taken=0.05,throttle=0.05,lost=0.1",
)
_TAKEN = (
    *("already taken", "already exists", "already in use", "not available"),
    *("AlreadyTaken", "AlreadyExists"),
)


class UntrueError(Exception):
    """A schedule ended other than it may."""


@dataclass
class Tally:
    """What became of all schedules.

    Attributes:
        ended: How schedules ended.
        stops: How often each step was stopped before its end, by step.
        codes: Of the failures that were told.
        untrue: What should not have been.
    """

    ended: Counter[str] = field(default_factory=Counter)
    stops: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    untrue: list[str] = field(default_factory=list)


@asynccontextmanager
async def _session(twin: Path, seed: str, purpose: Purpose) -> AsyncIterator[Session]:
    async with opened_twin(twin, purpose) as session:
        session.engine.chance = random.Random(seed)  # noqa: S311 - pauses, no secret
        yield session


def _part(session: Session, name: str, *, is_changed: bool) -> Graph[Reach]:
    """Return the part of a twin that its name draws; changed, some of it is another."""
    whole = without_code(session.graph)
    chance = random.Random(name)  # noqa: S311 - a choice, no secret
    known = sorted(whole.resources)
    drawn = chance.sample(known, _DRAWN)
    if is_changed:
        drawn = drawn[_REPLACED:] + chance.sample(known, _REPLACED)
    return whole.part(drawn)


async def _bring(session: Session, name: str, *, is_first: bool, is_changed: bool) -> Report | None:
    graph = _part(session, name, is_changed=is_changed)
    unended = (await session.state()).unended
    if is_first or unended is None:
        return await deploy(session.engine, graph)
    return await resume(session.engine, graph)


async def _persist(twin: Path, step: str, tally: Tally) -> bool:
    """Do a step until it ends well; whether it did. Without, a taken name is the reason."""
    purpose = Purpose.TAKE if step == "destroy" else Purpose.BRING
    told: list[FuncyardError] = []
    for number in range(_ROUNDS):
        try:
            async with _session(twin, f"{twin.name} {step} {number}", purpose) as session:
                if step == "destroy":
                    report = await destroy(session.engine)
                else:
                    is_changed = step == "change"
                    report = await _bring(
                        session, twin.name, is_first=number == 0, is_changed=is_changed
                    )
                assert report is not None
                await _prove(session, report)
                if report.is_good:
                    return True
                told = list(report.failures().values())
        except FuncyardError as fault:
            told = [fault]
        tally.stops[step] += 1
        tally.codes.update(one.code for one in told)
    if told and all(any(word in one.message for word in _TAKEN) for one in told):
        return False
    raise UntrueError(f"{step} does not end: {[one.message for one in told]}")


async def _prove(session: Session, report: Report) -> None:
    """Hold what a report tells against the state, and what is not told as done to have a reason."""
    records = (await session.state()).records
    for identity, result in report.results.items():
        address = report.addresses[identity]
        if result.ending is Ending.FAILED and (
            result.failure is None or not result.failure.message
        ):
            raise UntrueError(f"{address} failed, and nobody says why")
        if result.ending is Ending.BLOCKED and not result.blocked_by:
            raise UntrueError(f"{address} is blocked by nobody")
        if result.ending is Ending.DONE and result.what not in {"delete", "forget"}:
            record = records.get(identity)
            if record is None or not record.made or record.pending is not None:
                raise UntrueError(f"{address} is told to be done, and is not recorded so")


async def _hold(twin: Path, *, is_changed: bool) -> None:
    """Prove that everything wanted is there, asked again where an answer does not come."""
    wrong: dict[str, object] = {}
    for _ in range(_ROUNDS):
        try:
            async with _session(twin, f"{twin.name} check", Purpose.LOOK) as session:
                part = _part(session, twin.name, is_changed=is_changed)
                found = await check(session.engine, part)
        except FuncyardError as fault:
            wrong = {twin.name: fault.message}
            continue
        wrong = {one: it for one, it in found.items() if not isinstance(it, Present)}
        if not wrong:
            return
    raise UntrueError(f"told to be done, and is not: {wrong}")


def _change(twin: Path) -> None:
    """Another device, another day, one relationship less: what is made, changed and taken away."""
    edit(twin / "config.json", cold_storage_size_in_days=100, mode="debug")
    devices = twin / "config_iot_devices.json"
    known = json.loads(devices.read_text(encoding="utf-8"))
    devices.write_text(json.dumps([*known, {**known[1], "id": "cold-room-3"}]), encoding="utf-8")
    hierarchy = twin / "twin_hierarchy" / "azure_hierarchy.json"
    whole = json.loads(hierarchy.read_text(encoding="utf-8"))
    whole["twins"][0]["address"] = "Harbour road 4"
    whole["twins"].append({**whole["twins"][2], "$dtId": "cold-room-3"})
    del whole["relationships"][1]
    hierarchy.write_text(json.dumps(whole), encoding="utf-8")


async def _life(twin: Path, tally: Tally) -> str:
    """Return how a schedule ended: everything there, changed, gone; or a name was taken."""
    if await _persist(twin, "deploy", tally):
        await _hold(twin, is_changed=False)
        _change(twin)
        ended = "converged"
        if await _persist(twin, "change", tally):
            await _hold(twin, is_changed=True)
        else:
            ended = "changed until a name was taken"
    else:
        ended = "stopped: a name is taken"
    if not await _persist(twin, "destroy", tally):
        raise UntrueError("a destruction ends at a name")
    kept = await FolderStore(state_folder(twin, ROOM, "local"), twin.name).read()
    if kept.state.records:
        raise UntrueError(f"recorded after a destruction: {sorted(kept.state.records)}")
    return ended


async def _run(twins: list[Path], tally: Tally) -> None:
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(twin: Path) -> None:
        async with places:
            try:
                tally.ended[await _life(twin, tally)] += 1
            except UntrueError as fault:
                tally.untrue.append(f"{twin.name}: {fault}")

    await asyncio.gather(*map(one, twins))


def main() -> int:
    """Go through the schedules, and return 1 where one ended other than it may."""
    parser = argparse.ArgumentParser(prog="twin_faults", description="deploy to a faulty Azure")
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="of the first local Azure")
    given = parser.parse_args()
    tally, began = Tally(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(-(-given.schedules // _TWINS)):
            seed = given.seed + number
            mix = _MIXES[seed % len(_MIXES)]
            count = min(_TWINS, given.schedules - number * _TWINS)
            room = Path(folder) / str(seed)
            with azure(room / "azure", _SCALE, "--faults", mix, "--seed", str(seed)) as running:
                twins = [
                    make_twin(room / f"s{seed}-{one}", f"s{seed}-{one}") for one in range(count)
                ]
                for twin in twins:
                    place(twin, running)
                asyncio.run(_run(twins, tally))
                tally.untrue += [f"left: {one}" for one in listed(running)]
            passed = time.monotonic() - began
            so_far = f"{dict(tally.ended)}, otherwise {len(tally.untrue)}"
            print(f"{passed:6.0f} s  seed {seed} ({mix}): {so_far}", flush=True)
    for what, counted in (("ended", tally.ended), ("stops", tally.stops), ("told", tally.codes)):
        print(f"{what:<8} " + ", ".join(f"{name} {many}" for name, many in counted.items()))
    for line in tally.untrue:
        print(f"untrue   {line}", file=sys.stderr)
    print(f"ended other than they may: {len(tally.untrue)} of {given.schedules}")
    return 1 if tally.untrue else 0


if __name__ == "__main__":
    sys.exit(main())
