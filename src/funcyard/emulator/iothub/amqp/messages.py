"""Messages of AMQP 1.0, section by section.

https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-messaging-v1.0-os.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from funcyard.emulator.iothub.amqp.types import BadValueError, Described, Reader, ULong, written

_PROPERTIES, _APPLICATION, _DATA, _VALUE = 0x73, 0x74, 0x75, 0x77
_SECTIONS: Final = frozenset({0x70, 0x71, 0x72, _PROPERTIES, _APPLICATION, _DATA, _VALUE, 0x78})
_NAMES: Final = (
    "message-id",
    "user-id",
    "to",
    "subject",
    "reply-to",
    "correlation-id",
    "content-type",
    "content-encoding",
    "absolute-expiry-time",
)
_PLAIN: Final = ("message-id", "correlation-id", "content-type", "content-encoding")


@dataclass(frozen=True, slots=True)
class AmqpMessage:
    """A message.

    Attributes:
        properties: What the protocol knows of it, by the standard's names.
        application: What its sender says of it.
        body: Bytes, or a value.
    """

    properties: dict[str, Any]
    application: dict[str, Any]
    body: Any = field(repr=False)

    @property
    def system(self) -> dict[str, str]:
        """What a hub keeps of the properties, as texts."""
        found = {
            name: str(self.properties[name])
            for name in _PLAIN
            if self.properties.get(name) is not None
        }
        user = self.properties.get("user-id")
        if isinstance(user, bytes):
            found["user-id"] = user.decode("utf-8", "replace")
        expires = self.properties.get("absolute-expiry-time")
        if isinstance(expires, int):
            found["expiry"] = _moment(expires)
        return found

    @property
    def texts(self) -> dict[str, str]:
        """What its sender says of it, as texts."""
        return {str(name): _text(value) for name, value in self.application.items()}

    @property
    def payload(self) -> bytes:
        """The body as bytes."""
        if isinstance(self.body, bytes):
            return self.body
        return str(self.body).encode()


def read(data: bytes) -> AmqpMessage:
    """Read a message.

    Raises:
        BadValueError: It is none.
    """
    reader = Reader(data)
    properties: dict[str, Any] = {}
    application: dict[str, Any] = {}
    body: Any = b""
    while not reader.is_at_end:
        section = reader.value()
        is_known = isinstance(section, Described) and isinstance(section.code, int)
        if not is_known or section.code not in _SECTIONS:
            raise BadValueError("a message has no such section")
        if section.code == _PROPERTIES and isinstance(section.value, list):
            properties = dict(zip(_NAMES, section.value, strict=False))
        elif section.code == _APPLICATION and isinstance(section.value, dict):
            application = section.value
        elif section.code == _DATA and isinstance(section.value, bytes):
            body = body + section.value if isinstance(body, bytes) else section.value
        elif section.code == _VALUE:
            body = section.value
    return AmqpMessage(properties, application, body)


def answer(asked: AmqpMessage, application: dict[str, Any]) -> bytes:
    """Return a message that answers another."""
    number = asked.properties.get("message-id")
    # Clients count their questions, and want the answer to be of the same type.
    counted = ULong(number) if isinstance(number, int) and number >= 0 else number
    properties = [*(None,) * 5, counted]
    return b"".join(
        (
            written(Described(_PROPERTIES, properties)),
            written(Described(_APPLICATION, application)),
            written(Described(_VALUE, None)),
        )
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _moment(milliseconds: int) -> str:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        raise BadValueError("a message expires at no time") from None
