"""A local Azure with what a twin needs, and the example twin's apps served on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests import local_azure
from tests.integration.twin.resources import Resources
from tests.integration.twin.served import ServedTwin, served
from tests.unit.twin.twins import EXAMPLE

from funcyard.twin.config.reading import read_twin


@pytest.fixture(scope="session")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    location = tmp_path_factory.mktemp("twin-azure") / "kept"
    azure = local_azure.start(location, "--scale", "1000")
    try:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("SSL_CERT_FILE", azure.ca)
            environment.setenv("REQUESTS_CA_BUNDLE", azure.ca)
            yield Resources.make(azure)
    finally:
        azure.end()


@pytest.fixture(scope="session")
def served_twin(
    resources: Resources, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedTwin]:
    """The example, in one cloud."""
    folder = tmp_path_factory.mktemp("served")
    with served(read_twin(EXAMPLE).twin, resources, "one", folder) as twin:
        yield twin
