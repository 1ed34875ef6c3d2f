"""Questions about readings, in the shape in which AWS IoT TwinMaker asks data connectors.

https://docs.aws.amazon.com/iot-twinmaker/latest/guide/data-connector-interface.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.times import WRITTEN, read_time, write_time

from .asking import Asked, payload_of
from .faults import UnknownError

if TYPE_CHECKING:
    from funcyard.twin.contract.devices import DeviceInfo
    from funcyard.twin.contract.telemetry import Scalar, Telemetry

MOST: Final = 1000
"""So many readings an answer has at most; where there are more it says how to go on."""

_EARLIEST: Final = "0001-01-01T00:00:00.000Z"
_LATEST: Final = "9999-12-31T23:59:59.999Z"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        entity: What it was asked of, as it was named.
        device: The device whose readings those are.
        component: What the answer names as the component.
        properties: The type of each property that is asked for.
        first: The earliest time.
        last: The latest time.
        most: So many readings at most.
        after: Readings are younger than that, empty for all.
    """

    entity: str
    device: str
    component: str | None
    properties: Mapping[str, str]
    first: str = _EARLIEST
    last: str = _LATEST
    most: int = MOST
    after: str = ""


def entity_of(asked: Asked) -> str:
    """Return what a request asks of: a device, or its twin.

    Raises:
        ContractError: It does not say.
    """
    entity = _text(_told(asked), "entityId")
    if entity is None:
        raise ContractError("entityId is missing")
    return entity


def question_of(asked: Asked, device: DeviceInfo | None) -> Question:
    """Return what a request asks: a query, by itself or in an envelope, or parameters of a GET.

    Args:
        asked: The request.
        device: The device of its entity; None where the twin has none.

    Raises:
        ContractError: It is no question.
        UnknownError: It is about no device or property of the twin.
    """
    told = _told(asked)
    entity = entity_of(asked)
    if device is None:
        raise UnknownError("the twin has no device of that entityId")
    known = device.properties
    selected = _selected(told.get("selectedProperties"), known)
    first, last = _time(told, "startTime", _EARLIEST), _time(told, "endTime", _LATEST)
    if last < first:
        raise ContractError("endTime is before startTime")
    after = _text(told, "nextToken") or ""
    if after and not WRITTEN.fullmatch(after):
        raise ContractError("nextToken is not one that was given")
    return Question(
        entity,
        device.id,
        _text(told, "componentName"),
        {name: known[name] for name in selected},
        max(first, after),
        last,
        _count(told.get("maxResults")),
        after,
    )


def history(question: Question, readings: list[Telemetry]) -> dict[str, object]:
    """Return the answer to a question about a span of time.

    Args:
        question: What was asked.
        readings: What was found, the oldest first, one more than wanted where there are more.
    """
    shown = readings[: question.most]
    values = [
        {
            "entityPropertyReference": _reference(question, name),
            "values": [
                {"time": one.time, "value": _value(kind, one.values[name])}
                for one in shown
                if name in one.values
            ],
        }
        for name, kind in question.properties.items()
    ]
    more = {"nextToken": shown[-1].time} if len(readings) > question.most else {}
    return {"propertyValues": values, **more}


def last_entry(question: Question, reading: Telemetry | None) -> dict[str, object]:
    """Return the answer to a question about the latest reading, a value by property."""
    values = {} if reading is None else reading.values
    time = None if reading is None else reading.time
    return {
        "propertyValues": {
            name: {
                "propertyReference": _reference(question, name),
                "propertyValue": _value(kind, values[name]),
                "time": time,
            }
            for name, kind in question.properties.items()
            if name in values
        }
    }


def _told(asked: Asked) -> Mapping[str, object]:
    if asked.body is None:
        return asked.query
    body = asked.body
    if isinstance(body, Mapping) and "payload" in body:
        body = payload_of(body, "query")
    if not isinstance(body, Mapping):
        raise ContractError("a query is a JSON object")
    return body


def _selected(told: object, known: Mapping[str, str]) -> tuple[str, ...]:
    if told is None or told == "":
        return tuple(known)
    names = told.split(",") if isinstance(told, str) else told
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise ContractError("selectedProperties is no list of names")
    if unknown := [name for name in names if name not in known]:
        raise UnknownError(f"{len(unknown)} of selectedProperties are not the device's")
    return tuple(dict.fromkeys(names))


def _text(told: Mapping[str, object], name: str) -> str | None:
    value = told.get(name)
    if value is not None and not isinstance(value, str):
        raise ContractError(f"{name} is no text")
    return value or None


def _time(told: Mapping[str, object], name: str, otherwise: str) -> str:
    text = _text(told, name)
    return write_time(read_time(text)) if text else otherwise


def _count(told: object) -> int:
    if told is None or told == "":
        return MOST
    try:
        count = int(str(told))
    except ValueError:
        count = 0
    if not 1 <= count <= MOST:
        raise ContractError(f"maxResults is not from 1 to {MOST}")
    return count


def _reference(question: Question, name: str) -> dict[str, str]:
    component = {"componentName": question.component} if question.component else {}
    return {"entityId": question.entity, **component, "propertyName": name}


def _value(kind: str, value: Scalar) -> dict[str, Scalar]:
    return {f"{kind.capitalize()}Value": value}
