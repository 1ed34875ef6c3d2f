"""How long ``up`` takes until every app of the three-app project is ready, Azurite included.

From starting the process to the first line of ``up --json``. The first run installs each app's
packages, from the installer's cache where this machine has one; the others find them installed.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.bench.machinery import new_project, print_value, up

_ROUNDS = 5


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as text:
        project = Path(text) / "my-data-pipeline"
        new_project(project)
        first = _start(project)
        print_value("up to three apps ready, first run, installing", f"{first:.1f} s")
        seconds = statistics.median(_start(project) for _ in range(_ROUNDS))
        print_value("up to three apps ready", f"{seconds:.2f} s", target="under 5 s")


def _start(project: Path) -> float:
    with up(project) as running:
        return running.seconds


if __name__ == "__main__":
    main()
