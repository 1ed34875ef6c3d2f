"""A data plane for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.emulator.cosmos.data.driving import Plane


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[Plane]:
    found = Plane(tmp_path / "account")
    yield found
    found.store.close()
