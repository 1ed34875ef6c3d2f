"""Judges from outside that several contract tests share."""

from __future__ import annotations

import fcntl
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def official_worker() -> Callable[[str], Path]:
    """Return what makes the environment of Microsoft's worker library and tells its interpreter.

    It takes the name of a Python, or an empty string for the tool's own.
    """

    def provide(python: str) -> Path:
        (ROOT / ".venvs").mkdir(exist_ok=True)
        with locked(ROOT / ".venvs" / "official-worker.lock"):
            made = subprocess.run(
                [ROOT / "scripts" / "official-worker-env.sh", *([python] if python else [])],
                capture_output=True,
                text=True,
                check=False,
            )
        assert made.returncode == 0, made.stderr
        return Path(made.stdout.strip())

    return provide


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A temporary folder of this run that all processes of the run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock, so that processes of one run do a thing once."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
