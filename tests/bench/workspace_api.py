"""The running platform, over HTTP, with 1,000 files: how soon what was pushed or saved can run.

*Push to executable* counts from the moment at which GitHub would deliver (the commit is at the
server, the signed delivery is sent) to the answer of the first execution that ran the new code;
executions are asked for one after another meanwhile. The peer does the least that anybody would do
by hand: ``git pull`` from the same server, and a Python that runs the same file. *Save to
executable* counts from sending the save to the answer of an execution that ran it. Calls of the
editor are those of its web client: read a file, list all, save, one of each every half second. One
connection a call.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.machinery import print_ratio, print_value
from tests.bench.platform_parts import module
from tests.connected_platform import NAME, Connected, connected

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.running_platform import Answer

_FILES = 1000
_CHANGED = 10
_PUSHES = 40
_SAVES = 100
_ROUNDS = 100
_PACE = 0.5
_WARM_UP = 10
_POLL = 0.01
_PATIENCE = 60.0
_SCOPE = "?connection=GLOBAL"
_CODE = """from funcyard.workflows.sdk import workflow


@workflow(name="price", execution_mode="sync")
def price():
    return {value}
"""
_BY_HAND = "import runpy; print(runpy.run_path('price.py')['price']())"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as text, connected(Path(text), {}, None) as here:
        choice = random.Random(5)  # noqa: S311 - no secret
        files = {f"part{n % 20}/step{n}.py": module(choice) for n in range(_FILES - 1)}
        here.push({**files, "price.py": _CODE.format(value=0)})
        made = here.connect()
        if here.job(made.json["jobId"])["status"] != "completed":
            raise SystemExit("the first sync failed")
        _push(here, sorted(files), choice, Path(text) / "by-hand")
        here.platform.call("DELETE", "/github-connections/GLOBAL")
        _save(here, choice)
        _edit(here, sorted(files), choice)


def _push(here: Connected, paths: list[str], choice: random.Random, folder: Path) -> None:
    address = here.git.push_url(NAME)
    subprocess.run(["git", "clone", "--quiet", address, folder], check=True)
    ours, peer, answered, synced = [], [], [], []
    for value in range(1, _WARM_UP + _PUSHES + 1):
        changed = {path: module(choice) for path in choice.sample(paths, _CHANGED - 1)}
        commit = here.push({**changed, "price.py": _CODE.format(value=value)})
        payload = here.payload(commit)
        began = time.perf_counter()
        taken = here.deliver(payload, query=_SCOPE)
        answered.append(time.perf_counter() - began)
        _until_runs(here, value)
        ours.append(time.perf_counter() - began)
        synced.append(here.job(taken.json["jobId"])["durationMs"] / 1000)
        peer.append(_by_hand(folder, value))
    what = f"push to executable, {_CHANGED} of {_FILES:,} files"
    cuts, theirs = _cuts(ours), _cuts(peer)
    for name, place, target in (("p50", 9, "under 2,000 ms"), ("p95", 18, "under 5,000 ms")):
        print_ratio(
            f"{what}: {name}",
            cuts[place] * 1000,
            "git pull, python",
            theirs[place] * 1000,
            target=target,
            unit=" ms",
        )
    print_value("  of it until GitHub is answered: p50", f"{_cuts(answered)[9] * 1000:.0f} ms")
    print_value("  of it the sync: p50", f"{_cuts(synced)[9] * 1000:.0f} ms")


def _until_runs(here: Connected, value: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while here.platform.run("price").json["result"] != value:
        if time.monotonic() > deadline:
            raise SystemExit(f"push {value} does not run")
        time.sleep(_POLL)


def _by_hand(folder: Path, value: int) -> float:
    began = time.perf_counter()
    subprocess.run(["git", "pull", "--quiet", "--ff-only"], cwd=folder, check=True)
    ran = subprocess.run(
        [sys.executable, "-c", _BY_HAND], cwd=folder, stdout=subprocess.PIPE, check=True
    )
    took = time.perf_counter() - began
    if int(ran.stdout) != value:
        raise SystemExit("the peer does not run what was pushed")
    return took


def _save(here: Connected, choice: random.Random) -> None:
    seconds = []
    for _ in range(_WARM_UP + _SAVES):
        value = choice.randrange(1 << 30)
        began = time.perf_counter()
        saved = here.platform.put("price.py", _CODE.format(value=value))
        ran = here.platform.run("price")
        seconds.append(time.perf_counter() - began)
        if saved.status != 200 or ran.json["result"] != value:
            raise SystemExit("what ran is not what was saved")
    cuts = _cuts(seconds)
    what = f"save to executable, {_FILES:,} files, over HTTP"
    print_value(f"{what}: p50", f"{cuts[9] * 1000:.0f} ms", target="under 1,000 ms")
    print_value(f"{what}: p95", f"{cuts[18] * 1000:.0f} ms", target="under 1,000 ms")


def _edit(here: Connected, paths: list[str], choice: random.Random) -> None:
    platform = here.platform
    calls: dict[str, Callable[[], Answer]] = {
        "read": lambda: platform.call("GET", f"/workspace/files/{choice.choice(paths)}"),
        "list all": lambda: platform.call("GET", "/workspace/files"),
        "save": lambda: platform.put(choice.choice(paths), module(choice)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    start = time.perf_counter()
    for number in range(_WARM_UP + _ROUNDS):
        time.sleep(max(0.0, start + number * _PACE - time.perf_counter()))
        for name, call in calls.items():
            began = time.perf_counter()
            answer = call()
            seconds[name].append(time.perf_counter() - began)
            if answer.status != 200:
                raise SystemExit(f"{name} was answered {answer.status}")
    for name, each in seconds.items():
        cuts = _cuts(each)
        what = f"editor over HTTP, {name}, {_FILES:,} files"
        print_value(f"{what}: p50", f"{cuts[9] * 1000:.0f} ms")
        print_value(f"{what}: p95", f"{cuts[18] * 1000:.0f} ms", target="under 100 ms")


def _cuts(seconds: list[float]) -> list[float]:
    """Return twentieths, the first calls left out."""
    return statistics.quantiles(seconds[_WARM_UP:], n=20)


if __name__ == "__main__":
    main()
