"""What sending needs that may not be installed."""

from __future__ import annotations

import sys

import pytest

from funcyard.azure.cloud import PUBLIC
from funcyard.cli.twin import simulate


def test_mqtt_without_the_client_of_a_device_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "azure.iot.device", None)
    monkeypatch.delitem(sys.modules, "funcyard.twin.simulator.mqtt", raising=False)

    with pytest.raises(simulate.MqttMissingError) as told:
        simulate.transport("mqtt", "hub", {}, PUBLIC)

    assert told.value.message == (
        "azure.iot.device is not installed, by which devices send over MQTT"
    )
    assert told.value.hint == "pip install 'funcyard[mqtt]', or --protocol https"
    assert told.value.exit_code == 2
