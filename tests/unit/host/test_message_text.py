from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.host.message_text import NotEncodedError, decode_message, encode_message


@given(st.binary())
def test_base64_holds_any_bytes(body: bytes) -> None:
    assert decode_message(encode_message(body, "base64"), "base64") == body


@pytest.mark.parametrize("text", ["plain text", "YQ", "YQ==x", "ü"])
def test_what_is_not_base64_is_told_apart(text: str) -> None:
    with pytest.raises(NotEncodedError):
        decode_message(text, "base64")


def test_plain_text_stays_as_it_is() -> None:
    assert encode_message("☃ <a>".encode(), "none") == "☃ <a>"
    assert decode_message("☃ <a>", "none") == "☃ <a>".encode()


@pytest.mark.parametrize("body", [b"\xff", b"a\x00b", b"\x1b[0m"])
def test_what_a_plain_queue_cannot_hold_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"decode|cannot hold"):
        encode_message(body, "none")
