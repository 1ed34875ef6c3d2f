"""What benchmarks of digital twins share: example twins, deployed to a local Azure of their own."""

from __future__ import annotations

import contextlib
import json
import shutil
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tests import local_azure
from tests.bench.machinery import ROOT

from funcyard.cli.deploy._azure import Purpose
from funcyard.cli.deploy._local import LOCATION
from funcyard.cli.twin._options import Choice
from funcyard.cli.twin._session import opened
from funcyard.deploy.apply import deploy
from funcyard.deploy.graph import needed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from funcyard.cli.twin._session import Session
    from funcyard.deploy.apply import Report
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.resources.reach import Reach

_CODE = "app-code"
_TRIES = 20


def make_twin(folder: Path, name: str) -> Path:
    """Make the example twin in a folder, under another name, and return that folder."""
    shutil.copytree(ROOT / "examples" / "digital-twin", folder)
    edit(folder / "config.json", digital_twin_name=name)
    return folder


def edit(file: Path, **fields: object) -> None:
    """Set fields of a JSON file."""
    known = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(known | fields), encoding="utf-8")


@contextlib.contextmanager
def azure(location: Path, scale: float, *options: str) -> Iterator[local_azure.LocalAzure]:
    """Run a local Azure until the block is left."""
    location.mkdir(parents=True, exist_ok=True)
    running = local_azure.start(location, "--scale", f"{scale:g}", *options)
    try:
        yield running
    finally:
        running.end()


def place(twin: Path, running: local_azure.LocalAzure) -> None:
    """Let a twin be deployed to a local Azure that runs."""
    where = twin / LOCATION
    where.parent.mkdir(exist_ok=True)
    where.symlink_to(running.location)


def opened_twin(
    twin: Path, purpose: Purpose = Purpose.BRING
) -> AbstractAsyncContextManager[Session]:
    """Open a twin as the commands do, in this process."""
    return opened(Choice(twin, "local", (), None, as_json=True), purpose)


def without_code(graph: Graph[Reach]) -> Graph[Reach]:
    """Return what of a twin needs no code of its apps: no environment has to be built for it."""
    left: set[str] = set()
    for one in graph:
        if one.kind != _CODE and needed(one) <= left:
            left.add(one.address)
    return graph.part(left)


async def deployed(session: Session, graph: Graph[Reach]) -> Report:
    """Deploy all of a graph, or end the benchmark."""
    report = await deploy(session.engine, graph)
    assert report is not None
    if not report.is_good:
        raise SystemExit(f"not deployed: {report.failures()}")
    return report


def listed(running: local_azure.LocalAzure) -> dict[str, Any]:
    """Return every resource that Resource Manager lists, role assignments too, by its id."""
    start = f"/subscriptions/{local_azure.SUBSCRIPTION}"
    roles = f"{start}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
    found: dict[str, Any] = {}
    for first in (f"{start}/resourcegroups", f"{start}/resources", roles):
        link: str | None = first
        while link:
            page = _page(running, link)
            found |= {str(one["id"]).lower(): one for one in page["value"]}
            link = page.get("nextLink")
    return found


def _page(running: local_azure.LocalAzure, link: str) -> Any:  # noqa: ANN401 - JSON
    for _ in range(_TRIES):  # it may be one that misbehaves
        status, _, page = running.call("GET", link)
        if status == HTTPStatus.OK:
            return page
    raise SystemExit(f"{link} cannot be listed: {page}")


def longest(seconds: Mapping[str, float], waits_for: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the chain of nodes, each waiting for the one before, that takes longest."""
    chains: dict[str, list[str]] = {}

    def chain(node: str) -> list[str]:
        if node not in chains:
            before = [chain(other) for other in waits_for[node] if other in seconds]
            chains[node] = [*max(before, key=total, default=[]), node]
        return chains[node]

    def total(nodes: list[str]) -> float:
        return sum(seconds[one] for one in nodes)

    return max(map(chain, seconds), key=total, default=[])
