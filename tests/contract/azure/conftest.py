"""A local Azure to which recorded requests are sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests import local_azure
from tests.local_azure import LocalAzure


@pytest.fixture(scope="package")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """Where 17 of Azure's seconds are a quarter of one, so that something is seen on its way."""
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "60")
    yield service
    service.end()
