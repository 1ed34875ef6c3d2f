"""Signed deliveries to the platform's webhook: a hundred a second, and as many as it takes.

Eight organisations have connected one repository, so each of its commits is delivered eight times,
as GitHub does: one of its own payloads, signed with each connection's secret. Every tenth delivery
comes twice at once. A hundred a second are sent for ten seconds, by the clock and not by the
answers; then every sync that was asked for has to end, and there has to be exactly one for each
commit of each connection. Syncs run meanwhile. The peer takes deliveries, too, and does the least:
it checks the signature and puts the commit into a queue, on bare Starlette and uvicorn.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from tests.bench.machinery import ROOT, free_port, print_ratio, print_value
from tests.bench.platform_parts import azurite
from tests.connected_platform import NAME, Connected, connected
from tests.e2e.running import fetch
from tests.github_deliveries import push, signed
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import TOKEN
from tests.running_platform import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_SCOPES = tuple(f"org{number}" for number in range(8))
_RATE = 100
_SECONDS = 10
_TWICE = 10
_AT_A_TIME = 32
_COMMITS_A_ROUND = 100
_ROUNDS = 3
_PATIENCE = 600.0
_ALL_JOBS = 100


@dataclass(frozen=True)
class Target:
    """Where deliveries go, and what signs them."""

    url: str
    secret: str


@dataclass(frozen=True)
class Delivery:
    """A delivery as it is sent."""

    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Told:
    """How a delivery was answered, and after how many seconds; 0 where it was not."""

    status: int
    seconds: float


@dataclass
class Bench:
    """Everything that is needed.

    Attributes:
        here: The platform and the repository.
        client: Delivers.
        targets: The webhook of each organisation.
    """

    here: Connected
    client: aiohttp.ClientSession
    targets: list[Target]

    def deliveries(self, targets: list[Target], commits: list[str]) -> list[Delivery]:
        """Return what tells each target of each commit."""
        found = []
        for commit in commits:
            payload = push(self.here.url, commit, identity=self.here.registered.id)
            body = json.dumps(payload).encode()
            found += [Delivery(one.url, body, signed(body, one.secret)) for one in targets]
        return found

    async def deliver(self, one: Delivery) -> Told:
        """Deliver a push."""
        began = time.monotonic()
        try:
            async with self.client.post(one.url, data=one.body, headers=one.headers) as answer:
                await answer.read()
                return Told(answer.status, time.monotonic() - began)
        except (aiohttp.ClientError, TimeoutError):
            return Told(0, time.monotonic() - began)

    async def jobs(self) -> dict[str, list[dict[str, Any]]]:
        """Return every sync of each organisation, when all have ended."""
        return await asyncio.to_thread(lambda: {one: self._ended(one) for one in _SCOPES})

    def _ended(self, scope: str) -> list[dict[str, Any]]:
        deadline = time.monotonic() + _PATIENCE
        while True:
            found = self._every(scope)
            if all(job["status"] in ("completed", "failed") for job in found):
                return found
            if time.monotonic() > deadline:
                raise SystemExit(f"syncs of {scope} do not end")
            time.sleep(0.2)

    def _every(self, scope: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        more = ""
        while True:
            path = f"/sync-jobs?limit={_ALL_JOBS}{more}"
            page = self.here.platform.call("GET", path, organization=scope).json
            found += page["jobs"]
            if "continuation" not in page:
                return found
            more = f"&continuation={page['continuation']}"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as text, connected(Path(text), {}, None) as here:
        asyncio.run(_measure(here, Path(text)))


async def _measure(here: Connected, folder: Path) -> None:
    async with _client() as client:
        bench = Bench(here, client, await asyncio.to_thread(_connect, here))
        await bench.jobs()
        await _hold(bench)
        await _limit(bench, folder)


@contextlib.asynccontextmanager
async def _client() -> AsyncIterator[aiohttp.ClientSession]:
    patience = aiohttp.ClientTimeout(total=_PATIENCE)
    # A connection for each delivery, as GitHub's come from many machines.
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(timeout=patience, connector=connector) as client:
        yield client


def _connect(here: Connected) -> list[Target]:
    here.push({"a.py": "A = 1\n"})
    body = {"repositoryUrl": here.url, "personalAccessToken": TOKEN}
    for scope in _SCOPES:
        here.platform.call("POST", "/organizations", {"id": scope, "name": scope})
        made = here.platform.call("POST", "/github-connections", body, organization=scope)
        if made.status != 201:
            raise SystemExit(f"{scope} was not connected: {made.body.decode()}")
    hooks = [hook["config"] for hook in here.registered.hooks.values()]
    return [Target(hook["url"], hook["secret"]) for hook in hooks]


def _commits(here: Connected, count: int) -> list[str]:
    """Push commits, and return them."""
    served = ServedRepository(here.git.root / f"{NAME}.git")
    stream = b"".join(
        b"commit refs/heads/main\ncommitter Ada <ada@example.com> 1900000000 +0000\n"
        b"data 6\nChange\n%bM 100644 inline a.py\ndata 33\n%b\n\n"
        % (b"" if number else b"from refs/heads/main^0\n", uuid.uuid4().hex.encode())
        for number in range(count)
    )
    served.git("fast-import", "--quiet", given=stream)
    return served.git("rev-list", f"--max-count={count}", "main").split()[::-1]


async def _hold(bench: Bench) -> None:
    """Deliver at the rate, and see what came of it."""
    commits = _commits(bench.here, _RATE * _SECONDS // len(_SCOPES))
    deliveries = bench.deliveries(bench.targets, commits)
    calls: list[asyncio.Task[Told]] = []
    began = time.monotonic()
    for number, one in enumerate(deliveries):
        await asyncio.sleep(max(0.0, began + number / _RATE - time.monotonic()))
        times = 1 if number % _TWICE else 2
        calls += [asyncio.create_task(bench.deliver(one)) for _ in range(times)]
    told = await asyncio.gather(*calls)
    took = time.monotonic() - began
    found = await bench.jobs()
    _print(told, took, commits, found, time.monotonic() - began)


def _print(
    told: list[Told],
    took: float,
    commits: list[str],
    found: dict[str, list[dict[str, Any]]],
    took_all: float,
) -> None:
    cuts = statistics.quantiles([one.seconds for one in told], n=20)
    odd = sum(one.status not in (200, 202) for one in told)
    wanted = set(commits)
    made = [(scope, job["commitSha"]) for scope in found for job in found[scope]]
    made = [one for one in made if one[1] in wanted]
    lost = len(wanted) * len(_SCOPES) - len(set(made))
    failed = sum(job["status"] == "failed" for scope in found for job in found[scope])
    what = f"{_RATE} deliveries/s for {_SECONDS} s"
    print_value(f"{what}: answered", f"{len(told) / took:.1f}/s", target=f"{_RATE}/s")
    print_value(f"{what}: p50", f"{cuts[9] * 1000:.0f} ms")
    print_value(f"{what}: p95", f"{cuts[18] * 1000:.0f} ms", target="under 10 s: GitHub's patience")
    print_value(f"{what}: answered otherwise than 202, 200", f"{odd:,}", target="0")
    print_value(f"{what}: lost", f"{lost:,}", target="0")
    print_value(f"{what}: syncs above one a commit", f"{len(made) - len(set(made)):,}", target="0")
    print_value(f"{what}: syncs that failed", f"{failed:,}", target="0")
    print_value(f"{what}: every sync was over after", f"{took_all:.1f} s")


async def _limit(bench: Bench, folder: Path) -> None:
    """Deliver as fast as answers come, to ours and to the peer in turn."""
    ours, peer = [], []
    with azurite(folder / "peer") as storage, _peer(storage) as place:
        for _ in range(_ROUNDS):
            commits = _commits(bench.here, _COMMITS_A_ROUND)
            ours.append(await _flood(bench, bench.targets, commits))
            await bench.jobs()
            peer.append(await _flood(bench, [place] * len(_SCOPES), commits))
    print_ratio(
        f"deliveries per second, {_AT_A_TIME} at a time",
        statistics.median(ours),
        "signature and queue alone",
        statistics.median(peer),
        target="only shown",
    )


async def _flood(bench: Bench, targets: list[Target], commits: list[str]) -> float:
    """Return how many were taken in a second."""
    left = iter(bench.deliveries(targets, commits))
    told: list[Told] = []

    async def deliver_some() -> None:
        told.extend([await bench.deliver(one) for one in left])

    began = time.monotonic()
    await asyncio.gather(*(deliver_some() for _ in range(_AT_A_TIME)))
    took = time.monotonic() - began
    if odd := Counter(one.status for one in told if one.status != 202):
        raise SystemExit(f"deliveries were answered otherwise: {dict(odd)}")
    return len(told) / took


@contextlib.contextmanager
def _peer(storage: str) -> Iterator[Target]:
    port, secret = free_port(), uuid.uuid4().hex
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "tests.bench.webhook_peer:app"),
            *("--port", str(port), "--no-access-log", "--log-level", "warning"),
        ],
        cwd=ROOT,
        env={**os.environ, "STORAGE": storage, "QUEUE": "peer", "SECRET": secret},
    )
    url = f"http://127.0.0.1:{port}/"

    def answers() -> bool:
        with contextlib.suppress(OSError):
            return fetch(url).status > 0
        return False

    try:
        eventually(answers)
        yield Target(url, secret)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
