"""A hub in a local Azure that simulated devices send to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from azure.iot.hub.models import Device
from tests import local_azure
from tests.integration.emulator.iothub import Hub
from tests.local_azure import LocalAzure


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    group = f"/subscriptions/{local_azure.SUBSCRIPTION}/resourceGroups/g"
    service.call("PUT", group, {"location": "westeurope"})
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("REQUESTS_CA_BUNDLE", service.ca)
        yield service
    service.end()


@pytest.fixture(scope="module")
def hub(azure: LocalAzure) -> Hub:
    return Hub.make(azure, "simulated")


@pytest.fixture(scope="module")
def device(hub: Hub) -> Device:
    return hub.device()
