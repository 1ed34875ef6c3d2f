"""What benchmarks share: a running project, a free port, and how a number is printed."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from running import FUNCYARD, eventually, fetch, make_project  # noqa: E402 - found on the path set above


def apps_python() -> Path:
    """Return the interpreter of the environment for function apps."""
    done = subprocess.run(
        [ROOT / "scripts" / "apps-env.sh"], capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_up(
    folder: Path, apps: dict[str, str], python: Path, **environment: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a project, its log in a file; give the first app's address and the process."""
    folder.mkdir(parents=True)
    project = make_project(folder, apps)
    port = free_port()
    first = next(iter(apps)).upper().replace("-", "_")
    variables = {f"{first}_HOST_PORT": str(port), **environment}
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [FUNCYARD, "up", project, "--python", python],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **variables},
        )
        try:
            try:
                eventually(lambda: _answers(port))
            except AssertionError:
                raise SystemExit((folder / "up.log").read_text()) from None
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()
            process.wait()


def _answers(port: int) -> bool:
    try:
        status = json.loads(fetch(f"http://127.0.0.1:{port}/admin/host/status").body)
    except OSError:
        return False
    return bool(status["state"] == "Running")


def print_ratio(what: str, ours: float, peer_name: str, peer: float, *, target: str) -> None:
    """Print a number beside its peer's and their ratio."""
    print(
        f"{what:<44} {ours:>10,.0f}   {peer_name} {peer:>10,.0f}"
        f"   ratio {ours / peer:.2f}   (target {target})"
    )


def print_value(what: str, value: str, *, target: str) -> None:
    """Print a number that has no peer."""
    print(f"{what:<44} {value:>10}   (target {target})")
