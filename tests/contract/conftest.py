"""Judges from outside that several contract tests share."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
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


def _later_pythons() -> Iterator[str]:
    """Yield the newer Pythons that Azure offers, where they are asked for and this machine has one.

    The one that the official library is made for is looked for among pyenv's, too, which need not
    be selected.
    """
    if not os.environ.get("FUNCYARD_LATER_PYTHONS"):
        return
    own = f"python3.{sys.version_info.minor}"
    for name in ("python3.12", "python3.13", "python3.14"):
        pyenv = sorted(Path.home().glob(f".pyenv/versions/*/bin/{name}")) if "13" in name else []
        candidates = [shutil.which(name), *map(str, pyenv)] if name != own else []
        if found := next((one for one in candidates if one and _starts(one)), None):
            yield found


def _starts(python: str) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


@pytest.fixture(
    scope="session", params=["", *_later_pythons()], ids=lambda python: Path(python).name or "own"
)
def judge(request: pytest.FixtureRequest, official_worker: Callable[[str], Path]) -> Path:
    """An interpreter with the official worker library: the tool's own Python, and newer ones."""
    return official_worker(request.param)


@pytest.fixture(scope="session")
def interpreter(official_worker: Callable[[str], Path]) -> Path:
    """The same on the tool's own Python alone."""
    return official_worker("")


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
