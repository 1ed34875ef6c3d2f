"""Messages are read as Microsoft's own library writes them."""

from __future__ import annotations

import contextlib
from typing import Any

import uamqp
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.iothub.amqp import messages
from funcyard.emulator.iothub.amqp.types import BadValueError

_library: Any = uamqp
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_NAMES = st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=10)


@given(st.binary(max_size=2000), st.dictionaries(_NAMES, _TEXTS, max_size=4))
def test_body_and_properties_are_those_that_were_sent(body: bytes, said: dict[str, str]) -> None:
    known = _library.message.MessageProperties()
    known.message_id, known.to = "m 1", "/devices/d/messages/devicebound"
    known.content_type = "application/json"
    encoded = {name.encode(): value for name, value in said.items()}
    sent = _library.Message(body, properties=known, application_properties=encoded)
    found = messages.read(bytes(sent.encode_message()))
    assert found.payload == body
    assert found.properties["to"] == "/devices/d/messages/devicebound"
    assert found.system == {"message-id": "m 1", "content-type": "application/json"}
    assert found.texts == said or b"" in encoded


@given(st.binary(max_size=80))
def test_whatever_comes_is_a_message_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadValueError):
        found = messages.read(data)
        assert isinstance(found.payload, bytes)
        assert isinstance(found.texts, dict)
        assert isinstance(found.system, dict)
