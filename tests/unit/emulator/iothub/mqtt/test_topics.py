"""What a device says in a topic is what comes of it."""

from __future__ import annotations

from typing import Any

from azure.iot import device
from azure.iot.device.iothub.pipeline import mqtt_topic_iothub
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.iothub.mqtt import topics
from funcyard.emulator.iothub.store import Message as Waiting

official: Any = mqtt_topic_iothub  # neither has types
Message: Any = device.Message
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
_NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(
    lambda name: not name.startswith("$.") and name != "iothub-ack"
)


@given(st.dictionaries(_NAMES, _TEXTS, max_size=5), _TEXTS)
def test_properties_are_those_that_the_device_sdk_wrote(
    properties: dict[str, str], identifier: str
) -> None:
    message = Message(b"", message_id=identifier)
    message.content_type = "application/json"
    message.custom_properties = dict(properties)
    begin = official.get_telemetry_topic_for_publish("d", None)
    found = topics.telemetry(official.encode_message_properties_in_topic(message, begin), "d", b"")
    assert found is not None
    assert found.properties == properties
    assert found.system.get("message-id", "") == identifier
    assert found.system["content-type"] == "application/json"


@given(st.dictionaries(_NAMES, _TEXTS, max_size=5), _TEXTS)
def test_the_device_sdk_reads_the_properties_that_were_sent(
    properties: dict[str, str], identifier: str
) -> None:
    waiting = Waiting(1, "", 0, {"message-id": identifier}, properties, b"")
    message = Message(b"")
    topic = topics.of_message("d", waiting)
    assert official.is_c2d_topic(topic, "d")
    official.extract_message_properties_from_topic(topic, message)
    assert message.custom_properties == properties
    assert message.message_id == identifier


def test_another_devices_topic_is_none_of_a_device() -> None:
    assert topics.telemetry("devices/e/messages/events/", "d", b"") is None
    assert topics.telemetry("devices/d/messages/eventsmore", "d", b"") is None


def test_a_device_subscribes_to_what_the_device_sdk_asks_for() -> None:
    asked = {
        official.get_c2d_topic_for_subscribe("d"),
        official.get_method_topic_for_subscribe(),
        official.get_twin_response_topic_for_subscribe(),
        official.get_twin_patch_topic_for_subscribe(),
    }
    assert topics.allowed("d") == asked


def test_what_is_longer_than_any_client_makes_it_is_no_question_and_no_answer() -> None:
    assert topics.METHOD_ANSWER.fullmatch("$iothub/methods/res/-200/?$rid=1")
    assert not topics.METHOD_ANSWER.fullmatch(f"$iothub/methods/res/{'1' * 5000}/?$rid=1")
    assert topics.TWIN_GET.fullmatch(f"$iothub/twin/GET/?$rid={'1' * 1000}")
    assert not topics.TWIN_GET.fullmatch(f"$iothub/twin/GET/?$rid={'1' * 65_000}")
