"""Syncs of a workspace of 1,000 files: the first, and one of ten changed files, beside its peers.

Ours is the Function App's worker: a warm process that asks a real repository over HTTP, fetches the
commit, publishes the version on Azurite and brings the view to it. rclone and rsync start from a
folder that holds the same files already; of the mounted store another peer starts where ours does:
``git pull`` from the same server, and then rsync. The share is that of the files emulator, every
request to it 5 ms later, for rclone alike; the mounted store is a folder of this machine. All in
turn, in one run, and after each round all sides hold exactly the same files.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.machinery import ROOT, print_ratio, print_value
from tests.bench.platform_parts import (
    Files,
    Program,
    azurite,
    debian,
    rclone,
    read_tree,
    source,
    tree,
    write_tree,
)
from tests.fault_proxy import FaultProxy
from tests.integration.emulator.conftest import ACCOUNT, start
from tests.integration.emulator.conftest import Files as FileService
from tests.integration.workspace.git_server import TOKEN, GitServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.workspace.git_repository import ServedRepository

_FILES = 1000
_CHANGED = 10
_FIRST_ROUNDS = 3
_ROUNDS = 9
_LATENCY = 0.005
_FASTER = "under 1"
_SHOWN = "only shown"


@dataclass
class Worker:
    """The process that syncs."""

    process: subprocess.Popen[str]

    def sync(self, **order: str) -> dict[str, Any]:
        """Let it sync; return what it told."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        told: dict[str, Any] = json.loads(line or '{"status": "gone"}')
        if told["status"] != "success":
            raise SystemExit(f"the sync ended as {told['status']}")
        return told


@contextlib.contextmanager
def _worker(**places: str) -> Iterator[Worker]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.sync_worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps(places) + "\n")
    try:
        yield Worker(process)
    finally:
        process.communicate()


@dataclass
class Side:
    """What was measured of one side.

    Attributes:
        seconds: Of each round.
        stages: Seconds of each stage, by round; ours only.
        requests: To Azure Files, by round.
        all_requests: To Blob and Table, too; ours only.
    """

    seconds: list[float] = field(default_factory=list)
    stages: list[dict[str, float]] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    all_requests: list[int] = field(default_factory=list)

    @property
    def milliseconds(self) -> float:
        """The median."""
        return statistics.median(self.seconds) * 1000

    def stage(self, name: str) -> float:
        """Return the median of a stage in milliseconds."""
        return statistics.median(one.get(name, 0) for one in self.stages) * 1000


@dataclass
class Bench:
    """Everything that both sides need.

    Attributes:
        folder: For whatever is made.
        service: Of the share.
        proxy: In front of it, slower.
        repository: That is pushed to.
        worker: Ours.
        rsync: The peer of the mounted store.
        address: Of the repository, with the token.
    """

    folder: Path
    service: FileService
    proxy: FaultProxy
    repository: ServedRepository
    worker: Worker
    rsync: Program
    address: str
    choice: random.Random = field(default_factory=lambda: random.Random(4))  # noqa: S311

    def push(self, files: Files, folder: Path) -> None:
        """Commit files, and put the same into the folder that the peers start from."""
        self.repository.commit(files)
        write_tree(folder, files)

    def git(self, clone: Path) -> None:
        """Bring a clone to where the repository is, over HTTP as ours does."""
        where = ("clone", "--quiet", "--depth=1", self.address, clone)
        command = ("-C", clone, "pull", "--quiet", "--ff-only") if clone.is_dir() else where
        subprocess.run(["git", *command], check=True)

    def ours(self, side: Side, scope: str, **place: str) -> None:
        """Sync, and note what it took."""
        before = len(self.proxy.seen)
        told = self.worker.sync(scope=scope, cache=str(self.folder / f"cache-{scope}"), **place)
        side.seconds.append(told["seconds"]["all"])
        side.stages.append(told["seconds"])
        side.requests.append(len(self.proxy.seen) - before)
        side.all_requests.append(told["requests"])

    def peer(self, side: Side, run: Callable[[], None]) -> None:
        """Run a peer, and note what it took."""
        before, began = len(self.proxy.seen), time.perf_counter()
        run()
        side.seconds.append(time.perf_counter() - began)
        side.requests.append(len(self.proxy.seen) - before)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as text, contextlib.ExitStack() as stack:
        folder = Path(text)
        connection = stack.enter_context(azurite(folder / "azurite"))
        service = start(folder / "files")
        stack.callback(service.end)
        proxy = stack.enter_context(FaultProxy(service.url, latency=_LATENCY))
        server = stack.enter_context(GitServer(folder / "git"))
        worker = stack.enter_context(
            _worker(
                connection=connection,
                files=proxy.url,
                key=service.key,
                repository=server.url("contoso"),
                token=TOKEN,
            )
        )
        repository, address = server.create("contoso"), server.push_url("contoso")
        bench = Bench(folder, service, proxy, repository, worker, debian("rsync"), address)
        _share(bench)
        _mounted(bench)


def _share(bench: Bench) -> None:
    first, later = (Side(), Side()), (Side(), Side())
    for number in range(_FIRST_ROUNDS):
        folder, scope = bench.folder / f"share-tree{number}", f"share{number}"
        shares = [f"s{uuid.uuid4().hex}" for _ in range(2)]
        for share in shares:
            bench.service.share(share)
        program = rclone(bench.proxy.url, bench.service.key, ACCOUNT, shares[1])
        files = tree(_FILES, bench.choice)
        _start_over(bench, files, folder)

        def sync(program: Program = program, folder: Path = folder) -> None:
            program.run("sync", folder, "azure:")

        def compare(shares: list[str] = shares, scope: str = scope, folder: Path = folder) -> None:
            ours = read_tree(bench.service.folder(shares[0]) / "orgs" / scope)
            _check(folder, ours, read_tree(bench.service.folder(shares[1])))

        bench.ours(first[0], scope, share=shares[0])
        bench.peer(first[1], sync)
        compare()
        for turn in range(_ROUNDS // _FIRST_ROUNDS):
            bench.push(_change(files, bench.choice, turn), folder)
            bench.peer(later[1], sync)
            bench.ours(later[0], scope, share=shares[0])
            compare()
    _print("first sync, Files + 5 ms", first, "rclone", (_FASTER, _FASTER, _SHOWN))
    _print("10 of 1,000 changed, Files + 5 ms", later, "rclone", (_FASTER, _FASTER, _SHOWN))
    most = 6 * _CHANGED + 10
    print_value(
        "  requests, Files, Blob and Table", f"{max(later[0].all_requests)}", target=f"{most}"
    )
    print_value("  requests to Files, ours", f"{max(later[0].requests)}")
    print_value("  requests to Files, rclone", f"{max(later[1].requests)}")


def _mounted(bench: Bench) -> None:
    first, later = (Side(), Side(), Side()), (Side(), Side(), Side())
    for number in range(_FIRST_ROUNDS):
        folder, scope = bench.folder / f"mount-tree{number}", f"mount{number}"
        view, copy = bench.folder / f"view{number}", bench.folder / f"copy{number}"
        clone, pulled = bench.folder / f"clone{number}", bench.folder / f"pulled{number}"
        files = tree(_FILES, bench.choice)
        _start_over(bench, files, folder)

        def sync(folder: Path = folder, copy: Path = copy) -> None:
            bench.rsync.run("-a", "--checksum", "--delete", f"{folder}/", f"{copy}/")

        def pull(clone: Path = clone, pulled: Path = pulled) -> None:
            bench.git(clone)
            options = ("-a", "--checksum", "--delete", "--exclude=/.git")
            bench.rsync.run(*options, f"{clone}/", f"{pulled}/")

        def compare(
            folder: Path = folder,
            ours: Path = view / "orgs" / scope,
            copies: tuple[Path, ...] = (copy, pulled),
        ) -> None:
            for one in copies:
                _check(folder, read_tree(ours), read_tree(one))

        bench.ours(first[0], scope, folder=str(view))
        bench.peer(first[1], sync)
        bench.peer(first[2], pull)
        compare()
        for turn in range(_ROUNDS // _FIRST_ROUNDS):
            bench.push(_change(files, bench.choice, turn), folder)
            bench.peer(later[1], sync)
            bench.peer(later[2], pull)
            bench.ours(later[0], scope, folder=str(view))
            compare()
    for what, sides, targets in (
        ("first sync, mounted", first, (_SHOWN, _SHOWN, _SHOWN)),
        ("10 of 1,000 changed, mounted", later, (_SHOWN, _FASTER, _FASTER)),
    ):
        ours, rsync, pulled_too = sides
        print_ratio(
            what,
            ours.milliseconds,
            "git pull, rsync",
            pulled_too.milliseconds,
            target=_SHOWN,
            unit=" ms",
        )
        _print(what, (ours, rsync), "rsync", targets)


def _start_over(bench: Bench, files: Files, folder: Path) -> None:
    bench.repository.commit(files, parent=None)
    write_tree(folder, files)


def _change(files: Files, choice: random.Random, turn: int) -> Files:
    """Change some of the files; return only those."""
    paths = sorted(files)[turn :: _FILES // _CHANGED][:_CHANGED]
    changed = {path: source(choice) for path in paths}
    files.update(changed)
    return changed


def _check(folder: Path, ours: Files, theirs: Files) -> None:
    """End the benchmark where the two sides do not hold the same as the folder."""
    wanted = read_tree(folder)
    if ours != wanted or theirs != wanted:
        raise SystemExit("the sides do not hold the same files")


def _print(what: str, sides: tuple[Side, Side], peer: str, targets: tuple[str, str, str]) -> None:
    """Print our whole sync, what follows the fetch, and the view's part beside the peer's run."""
    ours, theirs = sides
    fetched = statistics.median(one["all"] - one["fetch"] for one in ours.stages) * 1000
    parts = (
        ("", ours.milliseconds),
        (": once fetched", fetched),
        (": the view", ours.stage("view")),
    )
    for (part, milliseconds), target in zip(parts, targets, strict=True):
        peers = theirs.milliseconds
        print_ratio(what + part, milliseconds, peer, peers, target=target, unit=" ms")


if __name__ == "__main__":
    os.umask(0o022)
    main()
