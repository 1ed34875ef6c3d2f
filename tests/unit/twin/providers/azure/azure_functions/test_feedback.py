from __future__ import annotations

import pytest

from funcyard.twin.providers.azure.azure_functions.shared.faults import (
    SettingsError,
    UpstreamError,
)
from funcyard.twin.providers.azure.azure_functions.shared.feedback import (
    DeviceMessages,
    device_messages,
)


class Hub:
    """A hub whose connections break off so many times."""

    def __init__(self, breaks: int) -> None:
        self.breaks = breaks
        self.connections = 0
        self.pauses: list[float] = []
        self.sent: list[tuple[str, str, str]] = []

    def connect(self) -> Hub:
        self.connections += 1
        return self

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def send_c2d_message(self, device: str, text: str, properties: dict[str, str]) -> None:
        self.sent.append((device, text, properties["messageId"]))
        if len(self.sent) <= self.breaks:
            raise OSError("Endpoint=hunter2")


async def test_a_message_is_sent_again_as_the_same_over_a_new_connection() -> None:
    hub = Hub(breaks=2)

    await DeviceMessages(hub.connect, hub.pause).send("d", {"a": 1})

    assert {one[:2] for one in hub.sent} == {("d", '{"a": 1}')}
    assert len({one[2] for one in hub.sent}) == 1
    assert (hub.connections, hub.pauses) == (3, [1, 2])


async def test_one_connection_serves_many_messages() -> None:
    hub = Hub(breaks=0)
    messages = DeviceMessages(hub.connect, hub.pause)

    for device in ("a", "b"):
        await messages.send(device, {})

    assert (hub.connections, len({one[2] for one in hub.sent})) == (1, 2)


async def test_a_hub_that_takes_nothing_is_given_up_without_a_word_of_its_connection() -> None:
    hub = Hub(breaks=9)

    with pytest.raises(UpstreamError) as caught:
        await DeviceMessages(hub.connect, hub.pause).send("d", {})

    assert len(hub.sent) == 4
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("connection", ["", "HostName=h", "HostName=h;SharedAccessKey=hunter2"])
def test_a_connection_string_that_is_none_is_said_and_not_shown(connection: str) -> None:
    with pytest.raises(SettingsError) as caught:
        device_messages(connection)

    assert "hunter2" not in str(caught.value)
