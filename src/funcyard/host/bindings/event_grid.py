"""Event Grid outputs: events that are sent to a topic over HTTP.

A value is the JSON of one event or of an array; the first tells the schema of all. As in
Microsoft's extension what Event Grid's schema knows is sent and nothing else, times in UTC; a
CloudEvent is sent as it is. ``topicEndpointUri`` and ``topicKeySetting`` are names of settings.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid-output
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from funcyard.host.bindings.binder import BindingError
from funcyard.host.setting_names import lookup
from funcyard.host.topics import CLOUD_EVENTS, EVENT_GRID_SCHEMA

if TYPE_CHECKING:
    from funcyard.functions.model import Binding
    from funcyard.host.bindings.binder import Binder
    from funcyard.host.invocation import Value

_REQUIRED = ("id", "subject", "eventType", "dataVersion")
_KNOWN = ("id", "topic", "subject", "data", "eventType", "eventTime", "dataVersion")
_CLOUD_REQUIRED = ("id", "source", "type")
_NEVER = "0001-01-01T00:00:00.0000000Z"
"""The time that an event without one is sent with."""


async def write_event_grid(binding: Binding, binder: Binder, value: Value) -> None:
    """Send the events that a value means to the binding's topic; none for an empty array.

    Raises:
        BindingError: The topic is not told, or the value is not of one of the schemas.
        AzureError: The topic refuses, or cannot be reached.
    """
    endpoint, key = _topic(binding, binder)
    try:
        events = events_of(value)
        if not events:
            return
        if is_of_event_grid(events[0]):
            events = [_of_event_grid(event) for event in events]
            await binder.topics.send(endpoint, key, events, media_type=EVENT_GRID_SCHEMA)
        else:
            events = [_cloud_event(event) for event in events]
            await binder.topics.send(endpoint, key, events, media_type=CLOUD_EVENTS)
    except ValueError as fault:
        raise BindingError(f"{binder.function}: {binding.name}: {fault}") from fault


def events_of(value: Value) -> list[dict[str, Any]]:
    """Return the events that an output's value means; in an array they may be JSON text, too.

    Raises:
        ValueError: It is not JSON, or has something else than objects.
    """
    document = _parsed(value.body)
    items = document if isinstance(document, list) else [document]
    events = [_parsed(item) if isinstance(item, str) else item for item in items]
    if not all(isinstance(event, dict) for event in events):
        raise ValueError("an event is a JSON object")
    return events


def is_of_event_grid(event: dict[str, Any]) -> bool:
    """Whether an event has what the Event Grid schema requires."""
    return all(isinstance(event.get(name), str) for name in _REQUIRED)


def _parsed(text: str | bytes) -> Any:  # noqa: ANN401 - decoded JSON
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise ValueError(f"what it gives is not JSON: {fault}") from fault


def _of_event_grid(event: dict[str, Any]) -> dict[str, Any]:
    if not is_of_event_grid(event):
        raise ValueError(f"an event of Event Grid's schema has {', '.join(_REQUIRED)}, all text")
    known = {name: event[name] for name in _KNOWN if event.get(name) is not None or name == "data"}
    return {**known, "eventTime": _moment(event["eventTime"]) if "eventTime" in event else _NEVER}


def _moment(value: object) -> str:
    try:
        given = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"eventTime is {value!r}, which is no time of ISO 8601") from None
    moment = given.astimezone(UTC) if given.tzinfo else given
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}0Z"


def _cloud_event(event: dict[str, Any]) -> dict[str, Any]:
    required = all(isinstance(event.get(name), str) for name in _CLOUD_REQUIRED)
    if not required or event.get("specversion") != "1.0":
        raise ValueError(
            f"an event has {', '.join(_REQUIRED)}, or as a CloudEvent"
            f" {', '.join(_CLOUD_REQUIRED)} and the specversion 1.0"
        )
    return event


def _topic(binding: Binding, binder: Binder) -> tuple[str, str]:
    """Return the topic's address and key."""
    if binding.get("connection"):
        raise BindingError(
            f"{binder.function}: {binding.name} has a connection, which means an identity;"
            " that does not work here",
            hint="for local runs name the settings of the topic: topicEndpointUri, topicKeySetting",
        )
    endpoint = _setting(binding, binder, "topicEndpointUri")
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise BindingError(
            f"{binder.function}: {binding.name}: {binding.get('topicEndpointUri')} must hold an"
            f" address, not {endpoint!r}",
            hint="https://TOPIC.REGION-1.eventgrid.azure.net/api/events",
        )
    return endpoint, _setting(binding, binder, "topicKeySetting")


def _setting(binding: Binding, binder: Binder, name: str) -> str:
    setting = str(binding.get(name) or "")
    if not setting:
        raise BindingError(f"{binder.function}: {binding.name} ({binding.type}) has no {name}")
    value = lookup(binder.settings, setting)
    if value is None:
        raise BindingError(
            f"{binder.function}: {name} of {binding.name} names the setting {setting}, which is"
            " not set",
            hint=f"add {setting} to local.settings.json or .env.local",
        )
    return value
