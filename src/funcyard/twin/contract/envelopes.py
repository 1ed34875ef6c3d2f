"""What passes from one cloud to another: a payload, and who sent it for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from .errors import ContractError
from .times import read_time

MessageType: TypeAlias = Literal["telemetry", "item", "chunk", "release", "query"]
"""A reading, the item of one, many items for a blob, what is said once their sender let go of them,
a question about readings."""

_FIELDS: Final = ("source_cloud", "target_layer", "message_type", "timestamp", "trace_id")
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message between clouds.

    Attributes:
        source_cloud: The cloud that it comes from.
        target_layer: The layer that it is for.
        message_type: What the payload is.
        timestamp: When it was sent.
        trace_id: What tells it from others, in the logs of both.
        payload: A JSON document.
    """

    source_cloud: str
    target_layer: str
    message_type: MessageType
    timestamp: str
    trace_id: str
    payload: object

    def as_json(self) -> dict[str, object]:
        """Return it as it is sent."""
        return {**{name: getattr(self, name) for name in _FIELDS}, "payload": self.payload}


def read_envelope(body: object, *expected: MessageType) -> Envelope:
    """Return the envelope that a JSON document is.

    Args:
        body: The document.
        expected: What the payload may be.

    Raises:
        ContractError: It is none, or holds something else.
    """
    if not isinstance(body, Mapping) or "payload" not in body:
        raise ContractError("an envelope is a JSON object with a payload")
    told = {name: body.get(name) for name in _FIELDS}
    for name, value in told.items():
        if not isinstance(value, str) or not value or len(value) > _LONGEST:
            raise ContractError(f"{name} is missing, no text, or longer than {_LONGEST} characters")
    read_time(str(told["timestamp"]))
    kind = next((one for one in get_args(MessageType) if one == told["message_type"]), None)
    if kind is None or kind not in expected:
        raise ContractError(f"message_type is not {' or '.join(expected)}")
    return Envelope(
        str(told["source_cloud"]),
        str(told["target_layer"]),
        kind,
        str(told["timestamp"]),
        str(told["trace_id"]),
        body["payload"],
    )
