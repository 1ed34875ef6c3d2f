"""What a running project costs while nothing happens: processor time, and memory of one app.

Memory is the proportional set size: pages that processes share are counted once, in parts.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from tests.bench.machinery import new_project, print_value, running_apps, up

if TYPE_CHECKING:
    from tests.bench.machinery import Running

_SETTLE = 5.0
_SECONDS = 20.0

APP = """
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="hello")
async def hello(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("hello")
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as text:
        project = Path(text) / "my-data-pipeline"
        new_project(project)
        with up(project) as running:
            _processor(running)
        with running_apps(Path(text) / "one", {"api": APP}) as running:
            _memory(running)


def _processor(running: Running) -> None:
    processes = _processes(running)
    time.sleep(_SETTLE)
    before = {name: _spent(process) for name, process in processes.items()}
    began = time.perf_counter()
    time.sleep(_SECONDS)
    seconds = time.perf_counter() - began
    shares = {
        name: 100 * (_spent(process) - before[name]) / seconds
        for name, process in processes.items()
    }
    for name, share in shares.items():
        print_value(f"  idle, {name}", f"{share:.1f} %")
    print_value(
        "idle, three apps and Azurite, of one core",
        f"{sum(shares.values()):.1f} %",
        target="under 15 %",
    )


def _memory(running: Running) -> None:
    time.sleep(_SETTLE)
    sizes = {
        name: process.memory_full_info().pss / 2**20
        for name, process in _processes(running).items()
    }
    for name, size in sizes.items():
        print_value(f"  memory, {name}", f"{size:.0f} MB")
    total = sum(size for name, size in sizes.items() if name != "Azurite")
    print_value("memory of one app, host and worker", f"{total:.0f} MB", target="under 120 MB")


def _processes(running: Running) -> dict[str, psutil.Process]:
    host = psutil.Process(running.process.pid)
    found = {"host": host}
    for child in host.children(recursive=True):
        folder = Path(child.cwd())
        name = f"worker of {folder.name}" if folder.parent.name == "functions" else "Azurite"
        found[name] = child
    return found


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
