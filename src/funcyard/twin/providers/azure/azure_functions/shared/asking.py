"""What a function is asked over HTTP, and readings in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.twin.contract.envelopes import MessageType, read_envelope
from funcyard.twin.contract.telemetry import Telemetry, read_telemetry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .services import Services


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        body: Its JSON document, None where it has no body.
        parameters: What stands for the names in braces of the route.
        query: What is asked behind the question mark.
    """

    body: object
    parameters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


def reading_of(body: object, services: Services, device: str | None = None) -> Telemetry:
    """Return the reading that a document is.

    Raises:
        ContractError: It is none.
    """
    return read_telemetry(body, now=services.now(), device=device)


def payload_of(body: object, *expected: MessageType) -> object:
    """Return what the envelope that a document is holds.

    Raises:
        ContractError: It is no envelope, or holds something else.
    """
    return read_envelope(body, *expected).payload
