"""Links of a session: what a service attached to, and what has come of a message so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.iothub.amqp import frames
from funcyard.emulator.iothub.amqp.types import Described, Symbol, UInt
from funcyard.emulator.iothub.queue import LARGEST

if TYPE_CHECKING:
    from funcyard.emulator.iothub.amqp.frames import Frame
    from funcyard.emulator.iothub.errors import HubError

CREDIT: Final = 100
LARGEST_MESSAGE: Final = LARGEST + 16 * 1024
"""With what AMQP adds to it."""
_TOKENS: Final = "$cbs"
_DEVICES: Final = "/messages/devicebound"
_CONDITIONS: Final = {
    400: "com.microsoft:argument-error",
    401: "amqp:unauthorized-access",
    403: "amqp:resource-limit-exceeded",
    404: "amqp:not-found",
    413: "amqp:link:message-size-exceeded",
    501: "amqp:not-implemented",
}


class Use(Enum):
    """What a link is for."""

    TOKENS = "tokens come"
    ANSWERS = "answers to them go"
    DEVICES = "messages for devices come"


@dataclass(slots=True)
class Link:
    """A link.

    Attributes:
        handle: Its number in the session.
        use: What it is for.
        count: How many messages have gone over it.
        payload: What has come so far of the next, up to the first byte that is too much.
        delivery: Its number; None where nothing of it has come.
        is_settled: Whether its sender wants to hear nothing of it.
    """

    handle: int
    use: Use
    count: int = 0
    payload: bytearray = field(default_factory=bytearray)
    delivery: int | None = None
    is_settled: bool = False

    def add(self, transfer: Frame) -> None:
        """Take a part of the next message; its first says what it is called.

        Raises:
            BadValueError: That says nothing.
        """
        if self.delivery is None:
            self.delivery = transfer.number("delivery")
        self.is_settled = self.is_settled or bool(transfer.fields["settled"])
        self.payload += transfer.payload[: LARGEST_MESSAGE + 1 - len(self.payload)]

    @property
    def is_too_large(self) -> bool:
        """Whether more has come of the message than any has."""
        return len(self.payload) > LARGEST_MESSAGE

    def clear(self) -> None:
        """Make room for the next message."""
        self.payload, self.delivery, self.is_settled = bytearray(), None, False


@dataclass(slots=True)
class Session:
    """A session.

    Attributes:
        channel: Its number in the connection.
        incoming: Number of the next transfer that comes.
        outgoing: Of the next that goes.
        links: By their handles.
    """

    channel: int
    incoming: int
    outgoing: int = 0
    links: dict[int, Link] = field(default_factory=dict)


def next_number(number: int) -> int:
    """Return the number that follows one of a transfer or a delivery."""
    return number + 1 & frames.LAST_NUMBER


def use_of(attach: Frame) -> Use | None:
    """Return what a link that a service asks for is for; None where a hub has no such link."""
    is_receiver = bool(attach.fields["role"])
    terminus = attach.fields["source" if is_receiver else "target"]
    values = terminus.value if isinstance(terminus, Described) else []
    address = str(values[0]) if isinstance(values, list) and values else ""
    # Some name the address with the host before it.
    path = address.partition("://")[2].partition("/")[2] if "://" in address else address
    path = path.strip("/").lower()
    if path == _TOKENS:
        return Use.ANSWERS if is_receiver else Use.TOKENS
    return Use.DEVICES if path == _DEVICES.strip("/") and not is_receiver else None


def attached(asked: Frame) -> list[Any]:
    """Return the fields of the answer to ATTACH: the other side of the link."""
    is_receiver = bool(asked.fields["role"])
    ends = []
    for name, code in (("source", frames.SOURCE), ("target", frames.TARGET)):
        terminus = asked.fields[name]
        values = terminus.value if isinstance(terminus, Described) else []
        address = values[0] if isinstance(values, list) and values else None
        ends.append(Described(code, [address if isinstance(address, str) else None]))
    handle = UInt(asked.number("handle"))
    values = [str(asked.fields["name"]), handle, not is_receiver, None, None, *ends]
    return [*values, None, None, UInt(0)] if is_receiver else values


def error(fault: HubError) -> Described:
    """Return what a hub refuses, as AMQP says it."""
    condition = _CONDITIONS.get(fault.status, "amqp:internal-error")
    return Described(frames.ERROR, [Symbol(condition), f"{fault.code};{fault.message}"])
