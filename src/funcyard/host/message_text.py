"""Text of queue messages: base64 or plain, as host.json's ``messageEncoding`` says."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.host.host_json import MessageEncoding

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotEncodedError(ValueError):
    """A message is not encoded as host.json says."""


def encode_message(body: bytes, encoding: MessageEncoding) -> str:
    """Return the text that goes into a queue.

    Raises:
        ValueError: The encoding is ``none`` and the body is not text that XML, and so a queue, can
            hold.
    """
    if encoding == "base64":
        return base64.b64encode(body).decode()
    text = body.decode()
    if found := _NOT_IN_XML.search(text):
        raise ValueError(f"a queue cannot hold the character {found[0]!r}: use base64")
    return text


def decode_message(text: str, encoding: MessageEncoding) -> bytes:
    """Return the body of a message's text.

    Raises:
        NotEncodedError: It should be base64 and is not.
    """
    if encoding == "none":
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NotEncodedError("it is not base64") from fault
