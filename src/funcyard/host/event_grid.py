"""Events as Event Grid delivers them, and the runs of a function that they mean.

Of a delivery every event is a run; with the cardinality ``many`` the array is one. The function's
argument is the event's JSON, whatever its schema: the app's azure-functions makes of it what the
parameter asks for. Bindings see the event's ``data`` only, as in Microsoft's extension.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.errors import UserError
from funcyard.host.invocation import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.functions.model import Function


class EventError(UserError):
    """What was delivered is not an event, nor an array of events."""

    code = "bad-event"


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation that events ask for.

    Attributes:
        value: The trigger's value.
        metadata: The trigger's metadata.
        data: What binding expressions see.
    """

    value: Value
    metadata: Mapping[str, Any]
    data: Mapping[str, str]


def runs_of(function: Function, body: bytes | str) -> list[Run]:
    """Return the invocations that a delivery asks for; none for an empty array.

    Raises:
        EventError: The body is not JSON, or holds anything but objects.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise EventError(f"{function.name}: the events are not JSON: {fault}") from fault
    events = document if isinstance(document, list) else [document]
    if not all(isinstance(event, dict) for event in events):
        raise EventError(
            f"{function.name}: an event is an object",
            hint="one event, or an array of events, as Event Grid delivers them",
        )
    if str(function.trigger.get("cardinality") or "").lower() == "many":
        return [_run(events, [event.get("data") for event in events])]
    return [_run(event, event.get("data")) for event in events]


def _run(value: object, data: object) -> Run:
    metadata = {} if data is None else {"data": data}
    return Run(Value.json(_text(value)), metadata, {"data": _shown(data)})


def _shown(data: object) -> str:
    """Return the data for expressions; ``{data}`` of an event that has none is empty."""
    return "" if data is None else data if isinstance(data, str) else _text(data)


def _text(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
