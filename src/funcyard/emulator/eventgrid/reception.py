"""What is published to a topic: bodies judged, and made events of the topic's schema.

https://learn.microsoft.com/azure/event-grid/event-schema
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator import strict_json
from funcyard.emulator.eventgrid.events import Event
from funcyard.emulator.eventgrid.naming import CLOUD_EVENTS, EVENT_GRID
from funcyard.emulator.eventgrid.refusals import RefusedError, bad_json

if TYPE_CHECKING:
    from funcyard.emulator.http import Request

LARGEST: Final = 1024 * 1024
_GRID_NAMES: Final = frozenset(
    {
        *("id", "topic", "subject", "eventType", "eventTime", "data", "dataVersion"),
        "metadataVersion",
    }
)
_GRID_NEEDED: Final = ("id", "subject", "eventType", "eventTime")
_CLOUD_NEEDED: Final = ("id", "source", "type", "specversion")
_ATTRIBUTE: Final = re.compile(r"[a-z0-9]{1,255}|data_base64")
_SINGLE: Final = "application/cloudevents+json"
_BATCH: Final = "application/cloudevents-batch+json"


def received(request: Request, schema: str, topic: str) -> list[Event]:
    """Return the events of a request.

    Args:
        request: To publish.
        schema: Of the topic.
        topic: Its id, which events of Event Grid's schema get.

    Raises:
        RefusedError: It is too large, or holds anything else.
    """
    if len(request.body) > LARGEST:
        raise RefusedError(
            413,
            "PayloadTooLarge",
            "The maximum size (1048576) has been exceeded.",
            "RequestPayloadTooLarge",
        )
    try:
        document: Any = strict_json.read(request.body)
    except ValueError as fault:
        raise bad_json(f"{_configured(schema)} The body is no JSON: {fault}.") from None
    if schema == EVENT_GRID:
        return [_grid(one, topic) for one in _array(document, schema)]
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == _BATCH:
        return [_cloud(one) for one in _array(document, schema)]
    if media == _SINGLE:
        return [_cloud(document)]
    raise bad_json(
        f"{_configured(schema)} The content type is '{media}'; '{_SINGLE}' and '{_BATCH}' are"
        " taken."
    )


def _grid(given: Any, topic: str) -> Event:  # noqa: ANN401 - JSON
    body = _object(given, EVENT_GRID)
    for name in body.keys() - _GRID_NAMES:
        raise bad_json(f"{_configured(EVENT_GRID)} Received unexpected property '{name}' in JSON.")
    _need(body, _GRID_NEEDED, EVENT_GRID)
    _check_time(body["eventTime"], EVENT_GRID)
    own = body.get("topic")
    if own and str(own).lower() != topic.lower():
        raise bad_json(f"{_configured(EVENT_GRID)} The topic '{own}' is not this one.")
    if body.get("metadataVersion") not in (None, "", "1"):
        raise bad_json(f"{_configured(EVENT_GRID)} The metadataVersion has to be '1'.")
    version = body.get("dataVersion") or ""
    return Event(
        EVENT_GRID, {**body, "topic": topic, "dataVersion": version, "metadataVersion": "1"}
    )


def _cloud(given: Any) -> Event:  # noqa: ANN401 - JSON
    body = _object(given, CLOUD_EVENTS)
    _need(body, _CLOUD_NEEDED, CLOUD_EVENTS)
    if body["specversion"] != "1.0":
        raise bad_json(f"{_configured(CLOUD_EVENTS)} The specversion has to be '1.0'.")
    for name in body:
        if not _ATTRIBUTE.fullmatch(name):
            raise bad_json(f"{_configured(CLOUD_EVENTS)} '{name}' is no name of an attribute.")
    if body.get("time") is not None:
        _check_time(body["time"], CLOUD_EVENTS)
    if body.get("data") is not None and body.get("data_base64") is not None:
        raise bad_json(f"{_configured(CLOUD_EVENTS)} There are data and data_base64.")
    return Event(CLOUD_EVENTS, {name: one for name, one in body.items() if one is not None})


def _array(document: Any, schema: str) -> list[Any]:  # noqa: ANN401 - JSON
    if not isinstance(document, list):
        raise bad_json(f"{_configured(schema)} Token Expected: StartArray.")
    return document


def _object(given: Any, schema: str) -> dict[str, Any]:  # noqa: ANN401 - JSON
    if not isinstance(given, dict):
        raise bad_json(f"{_configured(schema)} Token Expected: StartObject.")
    return given


def _need(body: dict[str, Any], names: tuple[str, ...], schema: str) -> None:
    for name in names:
        value = body.get(name)
        if not isinstance(value, str) or not value:
            raise bad_json(f"{_configured(schema)} The required property '{name}' is missing.")


def _check_time(value: object, schema: str) -> None:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        raise bad_json(f"{_configured(schema)} '{value}' is no time.") from None


def _configured(schema: str) -> str:
    name = "EventGridEvent" if schema == EVENT_GRID else "CloudEventV10"
    return f"This resource is configured for '{name}' schema."
