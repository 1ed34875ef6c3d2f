"""The generated project as containers.

Run by ``make test-docker`` alone: these tests need a Docker engine.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docker.stack import Stack


@pytest.fixture(scope="session")
def stack(pipeline: Path, base_images: None, measured: list[str]) -> Iterator[Stack]:  # noqa: ARG001 - only that they exist
    """The pipeline's generated Compose stack, built, started and healthy."""
    running = Stack(pipeline)
    try:
        began = time.monotonic()
        running.compose("build")
        measured.append(f"four images built in {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        running.compose("up", "--detach")
        running.wait_until_healthy("azurite", *running.apps)
        measured.append(f"stack started and healthy in {time.monotonic() - began:.0f} s")
        yield running
    finally:
        running.remove()
    assert running.left() == []
