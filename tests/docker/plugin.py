"""What every test with a Docker engine shares: the stand-in images, and what is printed at the end.

``scripts/test-docker.sh`` loads it; DOCKER_HOST may name the engine.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docker import stand_in
from tests.docker.stack import generate

_measured: list[str] = []


@pytest.fixture(scope="session")
def measured() -> list[str]:
    """Lines to print when everything has run."""
    return _measured


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured."""
    if _measured:
        terminalreporter.section("measured")
        for line in _measured:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the data-pipeline blueprint: Poetry, a local package, three apps."""
    folder = tmp_path_factory.mktemp("pipeline") / "funcyard-docker-pipeline"
    return generate(folder, "--blueprint", "data-pipeline")


@pytest.fixture(scope="session")
def base_images(
    tmp_path_factory: pytest.TempPathFactory, pipeline: Path, measured: list[str]
) -> Iterator[None]:
    """The stand-ins for Microsoft's images."""
    began = time.monotonic()
    text = (pipeline / ".docker" / "orchestrator" / "Dockerfile").read_text(encoding="utf-8")
    tools = tuple(sorted(set(re.findall(r"\b(?:debugpy|poetry[\w-]*)==[\w.]+", text))))
    stand_in.make_images(tmp_path_factory.mktemp("images"), tools)
    measured.append(f"stand-in base images made in {time.monotonic() - began:.0f} s")
    yield
    stand_in.remove_images()
