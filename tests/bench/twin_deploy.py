"""The example twin deployed to a local Azure that takes the time that Azure takes, and looked at.

Environments of its apps are built, not counted against anybody: their seconds are those of the
run. Requests are counted where aiohttp sends them, which everything that deploys goes through.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import statistics
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import aiohttp
from tests.bench.machinery import print_value, timed
from tests.bench.twin_machinery import azure, deployed, longest, make_twin, opened_twin, place
from tests.e2e.running import FUNCYARD

from funcyard.emulator.core.catalog import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.deploy.apply import Report

_ROUNDS = 10
_WARM_SCALE = 1000
_PROVIDER = re.compile(r".*/providers/([^/]+)((?:/[^/]+/[^/]+)+)", re.IGNORECASE)
_LISTS = re.compile(r"/list\w*$", re.IGNORECASE)
_SIGN_IN = re.compile(r"/oauth2/")


@contextmanager
def counted(asked: Counter[tuple[str, str]]) -> Iterator[None]:
    """Count the requests of this process by kind and address: read, write or sign-in."""
    send = aiohttp.ClientSession._request  # noqa: SLF001 - every request goes through it

    async def sent(self: Any, method: str, url: Any, **options: Any) -> Any:  # noqa: ANN401 - theirs
        path = str(url).partition("?")[0]
        kind = "write"
        if _SIGN_IN.search(path):
            kind = "sign-in"
        elif method in {"GET", "HEAD"} or (method == "POST" and _LISTS.search(path)):
            kind = "read"
        asked[kind, f"{method} {path}"] += 1
        return await send(self, method, url, **options)

    with patch.object(aiohttp.ClientSession, "_request", sent):
        yield


def _azures_seconds() -> dict[str, float]:
    """Return how long a new resource of each type takes in Azure, by its name in lower case."""
    return {kind.name.lower(): kind.put_new.seconds for kind in registry()}


def _type_of(identity: str) -> str:
    match = _PROVIDER.fullmatch(identity)
    if match is None:
        return "microsoft.resources/resourcegroups"
    return "/".join((match[1], *match[2].split("/")[1::2])).lower()


def _print_chain(report: Report, seconds: dict[str, float], total: float, what: str) -> None:
    nodes = longest(seconds, report.waits_for)
    path = sum(seconds[one] for one in nodes)
    print_value(f"critical path, {what}", f"{path:.1f} s")
    print("  " + " > ".join(f"{report.addresses[one]} {seconds[one]:.1f}" for one in nodes))
    print_value("… a whole deployment / that", f"{total / path:.2f}", target="at most 1.25")


def _print_times(report: Report, total: float, scale: float) -> None:
    print_value(f"deployed: {len(report.results)} resources, scale {scale:g}", f"{total:.1f} s")
    took = {one: result.ended - result.began for one, result in report.results.items()}
    _print_chain(report, took, total, "as it was")
    known = _azures_seconds()
    codes = {one for one in took if report.addresses[one].endswith(".code")}
    ideal = {
        one: took[one] if one in codes else known.get(_type_of(one), 0.0) / scale for one in took
    }
    _print_chain(report, ideal, total, "Azure's seconds and builds alone")


async def _deploy(twin: Path) -> tuple[Report, float]:
    began = time.perf_counter()
    async with opened_twin(twin) as session:
        report = await deployed(session, session.graph)
    return report, time.perf_counter() - began


async def _again(twin: Path) -> None:
    """Deploy what is there already, and print what was asked for."""
    asked: Counter[tuple[str, str]] = Counter()
    async with opened_twin(twin) as session:
        with counted(asked):
            report = await deployed(session, session.graph)
        count = len(session.graph.resources)
    kinds: Counter[str] = Counter()
    for (kind, _), number in asked.items():
        kinds[kind] += number
    acted = Counter(result.what for result in report.results.values())
    print_value(f"again, nothing to do ({dict(acted)}): writes", str(kinds["write"]), target="0")
    print_value(f"… reads, of {count} resources", str(kinds["read"]), target=f"at most {count}")
    print_value("… sign-ins", str(kinds["sign-in"]))
    for (kind, request), number in asked.items():
        if kind == "write" or number > 1:
            print(f"  {kind} {number} x {request}")


def main() -> None:
    """Deploy once to warm what is downloaded, then by Azure's time; again; check."""
    parser = argparse.ArgumentParser(prog="twin_deploy", description="deploy the example twin")
    parser.add_argument("--scale", type=float, default=2, help="of Azure's seconds")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, scale in (("warm", _WARM_SCALE), ("counted", given.scale)):
            twin = make_twin(root / name, name)
            with azure(root / f"{name}-azure", scale) as running:
                place(twin, running)
                report, total = asyncio.run(_deploy(twin))
                if name == "warm":
                    continue
                _print_times(report, total, scale)
                asyncio.run(_again(twin))
                check: list[str | Path] = [FUNCYARD, "twin", "check", twin]
                times = [timed(check, twin) for _ in range(_ROUNDS)]
            shutil.rmtree(twin)
        print_value("funcyard twin check", f"{statistics.median(times):.2f} s", target="under 3 s")
        print_value("… at most", f"{max(times):.2f} s")


if __name__ == "__main__":
    main()
