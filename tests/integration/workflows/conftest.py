"""A real Azurite, and a platform of one organisation for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.workflows.platform import Platform, platform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def made(connection: str) -> AsyncIterator[Platform]:
    """A platform without engines."""
    async with platform(connection) as made:
        yield made
