"""What every kind of test may use: the environment of function apps, free ports."""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from tests import local_vault
from tests.ports import free_ports

ROOT = Path(__file__).parents[1]

# How long an example takes says nothing of what is tested: the machine may be busy. To explain a
# failure, Hypothesis traces every line of every example that passes: too dear for what it tells.
# Examples are the same in every run, so that a change fails for what it does; `make fuzz` draws
# new ones.
settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=not os.environ.get("FUNCYARD_DRAW_ANEW"),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
settings.load_profile("repeatable")

# A shell that starts them in the background has the tests ignore Ctrl-C, and all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep what thirteen thousand tests are made of out of every later search for garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True, scope="module")
def _environment_as_it_was() -> Iterator[None]:
    """Hold that no module leaves a variable to the next, whichever that is."""
    before = _environment_now()
    yield
    assert _environment_now() == before


def _environment_now() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


@pytest.fixture(scope="session")
def apps_python() -> Path:
    """The interpreter of an environment with azure-functions and the storage SDKs."""
    return _environment("apps")


@pytest.fixture(scope="session")
def durable_python() -> Path:
    """The interpreter of an environment with azure-functions and Durable Functions."""
    return _environment("official-worker")


def _environment(name: str) -> Path:
    """Make an environment by its script, once for all processes, and return its interpreter."""
    folder = ROOT / ".venvs"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            [ROOT / "scripts" / f"{name}-env.sh"], capture_output=True, text=True, check=True
        )
    return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local_vault.LocalVault]:
    """One vault service, with its sign-in, for all tests, each with secrets of its own."""
    service = local_vault.start(tmp_path_factory.mktemp("vault") / "kept")
    yield service
    service.end()


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens."""
    (port,) = free_ports(1)
    return port
