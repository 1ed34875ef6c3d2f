"""What benchmarks share: a running project, its storage, and how a number is printed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tests.e2e.running import FUNCYARD, eventually, fetch, make_project

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

_READY_SECONDS = 600.0
"""A first start installs packages."""

_OFFSETS = (12_000, 20_000)
_CHUNK = 1 << 16


def apps_python() -> Path:
    """Return the interpreter of the environment for function apps."""
    done = subprocess.run(
        [ROOT / "scripts" / "apps-env.sh"], capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


@dataclass
class Running:
    """A project that runs.

    Attributes:
        root: Its folder.
        process: ``funcyard up``.
        ready: The first line that it printed.
        seconds: From starting the process to that line.
    """

    root: Path
    process: subprocess.Popen[bytes]
    ready: dict[str, Any]
    seconds: float

    @property
    def url(self) -> str:
        """The first app's address."""
        return str(self.ready["apps"][0]["url"])

    @property
    def connection_string(self) -> str:
        """Where its storage is, with the project's key."""
        lines = (self.root / ".env.local").read_text(encoding="utf-8").splitlines()
        settings = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
        places = ";".join(
            f"{kind.title()}Endpoint={url}" for kind, url in self.ready["storage"].items()
        )
        key = settings["AZURITE_ACCOUNT_KEY"]
        return (
            f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={key};{places};"
        )


@contextlib.contextmanager
def up(root: Path, *arguments: str | Path) -> Iterator[Running]:
    """Run a project's ``funcyard up --json`` until the block is left; what it logs is thrown away.

    Ports are shifted by chance, away from what else runs here. Standard error goes to
    ``NAME.up.log`` beside the project. A project whose apps are not all ready ends the benchmark.
    """
    log = root.with_name(f"{root.name}.up.log")
    offset = random.randint(*_OFFSETS)  # noqa: S311 - no secret
    began = time.perf_counter()
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [FUNCYARD, "up", root, "--json", "--port-offset", str(offset), *arguments],
            stdout=subprocess.PIPE, stderr=errors, bufsize=0,
        )  # fmt: skip
    assert process.stdout is not None
    late = threading.Timer(_READY_SECONDS, process.kill)
    late.start()
    reader = None
    try:
        first = process.stdout.readline()
        seconds = time.perf_counter() - began
        late.cancel()
        ready = json.loads(first or b"{}")
        if not ready.get("apps") or any(app["state"] != "ready" for app in ready["apps"]):
            raise SystemExit(f"{root.name} did not start: {first.decode()}\n{log.read_text()}")
        reader = threading.Thread(target=_throw_away, args=(process.stdout,), daemon=True)
        reader.start()
        yield Running(root, process, ready, seconds)
    finally:
        late.cancel()
        process.terminate()
        process.wait()
        if reader is not None:
            reader.join()
        process.stdout.close()


def _throw_away(stream: IO[bytes]) -> None:
    while stream.read(_CHUNK):
        pass


@contextlib.contextmanager
def up_in_lines(folder: Path, apps: dict[str, str]) -> Iterator[str]:
    """Run apps given as source as a person does, the log as lines in a file; give the first's URL.

    The environment is that for function apps.
    """
    folder.mkdir(parents=True)
    project = make_project(folder, apps)
    variable = f"{next(iter(apps)).upper().replace('-', '_')}_HOST_PORT"
    port = free_port()
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [FUNCYARD, "up", project, "--python", apps_python()],
            stdout=log, stderr=subprocess.STDOUT, env={**os.environ, variable: str(port)},
        )  # fmt: skip
        try:
            try:
                eventually(lambda: _runs(port))
            except AssertionError:
                raise SystemExit((folder / "up.log").read_text()) from None
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _runs(port: int) -> bool:
    try:
        status = json.loads(fetch(f"http://127.0.0.1:{port}/admin/host/status").body)
    except OSError:
        return False
    return bool(status["state"] == "Running")


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_apps(folder: Path, apps: dict[str, str]) -> Iterator[Running]:
    """Run apps given as source, on the environment for function apps."""
    folder.mkdir(parents=True)
    with up(make_project(folder, apps), "--python", apps_python()) as running:
        yield running


def new_project(folder: Path, blueprint: str = "data-pipeline") -> None:
    """Generate a project, its memory inside it."""
    subprocess.run(
        [FUNCYARD, "new", folder, "--blueprint", blueprint, "--yes"],
        stdout=subprocess.DEVNULL, cwd=folder.parent, check=True,
    )  # fmt: skip


def timed(command: list[str | Path], folder: Path, *, status: int = 0) -> float:
    """Run a process to its end, silently, and return its seconds; another status ends it all."""
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode != status:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout.decode(errors='replace')}")
    return seconds


def print_ratio(
    what: str, ours: float, peer_name: str, peer: float, *, target: str, unit: str = ""
) -> None:
    """Print a number beside its peer's and their ratio."""
    print(
        f"{what:<52} {ours:>8,.0f}{unit}   {peer_name} {peer:>8,.0f}{unit}"
        f"   ratio {ours / peer:.2f}   (target {target})",
        flush=True,
    )


def print_value(what: str, value: str, *, target: str = "") -> None:
    """Print a number that has no peer."""
    print(f"{what:<52} {value:>10}" + (f"   (target {target})" if target else ""), flush=True)
