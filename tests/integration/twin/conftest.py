"""A local Azure with what a twin needs, and the example twin's apps served on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from tests import local_azure
from tests.integration.twin.resources import Resources
from tests.integration.twin.served import ServedTwin, served
from tests.local_azure import LocalAzure
from tests.unit.twin.twins import EXAMPLE

from funcyard.twin.config.reading import read_twin


@contextlib.contextmanager
def _trusting(azure: LocalAzure) -> Iterator[None]:
    """Let clients trust a local Azure meanwhile, and no other: what is started later must not."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", azure.ca)
        environment.setenv("REQUESTS_CA_BUNDLE", azure.ca)
        yield


@pytest.fixture(scope="session")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    location = tmp_path_factory.mktemp("twin-azure") / "kept"
    azure = local_azure.start(location, "--scale", "1000")
    try:
        with _trusting(azure):
            made = Resources.make(azure)
        yield made
    finally:
        azure.end()


@pytest.fixture(scope="session")
def served_twin(
    resources: Resources, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedTwin]:
    """The example, in one cloud."""
    folder = tmp_path_factory.mktemp("served")
    with contextlib.ExitStack() as running:
        with _trusting(resources.azure):
            twin = running.enter_context(served(read_twin(EXAMPLE).twin, resources, "one", folder))
        yield twin


@pytest.fixture(autouse=True)
def _trusted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let clients of a test trust the local Azure that it uses."""
    if "resources" not in request.fixturenames:
        yield
        return
    made: Resources = request.getfixturevalue("resources")
    with _trusting(made.azure):
        yield
