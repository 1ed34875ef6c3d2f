"""What a topic takes as events, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.eventgrid.events import Event
from funcyard.emulator.eventgrid.naming import CLOUD_EVENTS, EVENT_GRID
from funcyard.emulator.eventgrid.reception import received
from funcyard.emulator.eventgrid.refusals import RefusedError
from funcyard.emulator.http import Request

_TOPIC = "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/topics/t"
_GRID = {"id": "1", "subject": "s", "eventType": "T", "eventTime": "2026-01-02T03:04:05Z"}
_CLOUD = {"id": "1", "source": "/s", "type": "T", "specversion": "1.0"}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def _received(
    body: object, schema: str = EVENT_GRID, media: str = "application/json"
) -> list[Event]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request("POST", "/api/events", {}, {"content-type": media}, content)
    return received(request, schema, _TOPIC)


def _cloud(body: object, media: str) -> list[Event]:
    return _received(body, CLOUD_EVENTS, f"{media}; charset=utf-8")


def _refused(body: object, schema: str = EVENT_GRID, media: str = "application/json") -> str:
    with pytest.raises(RefusedError) as refused:
        _received(body, schema, media)
    told: Any = refused.value.body()
    return str(told["error"]["message"])


def test_events_get_what_the_topic_knows_of_them() -> None:
    (event,) = _received([_GRID])
    own = {"topic": _TOPIC, "dataVersion": "", "metadataVersion": "1"}
    assert event.body == {**_GRID, **own}
    assert _received([]) == []


def test_cloud_events_come_alone_or_in_batches() -> None:
    (alone,) = _cloud(_CLOUD, "application/cloudevents+json")
    (batched,) = _cloud([{**_CLOUD, "subject": None}], "application/cloudevents-batch+json")
    assert alone.body == batched.body == _CLOUD


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({**_GRID, "id": ""}, "'id' is missing"),
        ({**_GRID, "eventTime": "yesterday"}, "is no time"),
        ({**_GRID, "source": "/s"}, "unexpected property 'source'"),
        ({**_GRID, "topic": "/other"}, "'/other' is not this one"),
        ({**_GRID, "topic": 5}, "'5' is not this one"),
        ({**_GRID, "data": float("nan")}, "NaN is no number"),
        ({**_GRID, "metadataVersion": "2"}, "metadataVersion has to be '1'"),
    ],
)
def test_what_is_no_event_of_event_grids_schema_is_refused(
    event: dict[str, Any], told: str
) -> None:
    message = _refused([_GRID, event])
    assert told in message
    assert "'EventGridEvent' schema" in message


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (_GRID, "'source' is missing"),
        ({**_CLOUD, "specversion": "0.3"}, "specversion has to be '1.0'"),
        ({**_CLOUD, "Upper": 1}, "'Upper' is no name"),
        ({**_CLOUD, "data": 1, "data_base64": "eA=="}, "data and data_base64"),
    ],
)
def test_what_is_no_cloud_event_is_refused(event: dict[str, Any], told: str) -> None:
    assert told in _refused(event, CLOUD_EVENTS, "application/cloudevents+json")


def test_cloud_events_have_to_say_that_they_are() -> None:
    assert "content type is 'application/json'" in _refused([_CLOUD], CLOUD_EVENTS)


def test_a_request_has_a_largest_size() -> None:
    whole = json.dumps([{**_GRID, "data": ""}])
    fits = [{**_GRID, "data": "x" * (1024 * 1024 - len(whole))}]
    assert len(_received(fits)) == 1
    fits[0]["data"] += "x"
    assert "has been exceeded" in _refused(fits)


@given(_JSON | st.binary(max_size=20), st.sampled_from([EVENT_GRID, CLOUD_EVENTS]))
def test_whatever_comes_is_taken_or_refused_with_a_reason(body: object, schema: str) -> None:
    try:
        events = _received(body, schema, "application/cloudevents-batch+json")
    except RefusedError as fault:
        events, status = [], fault.status
    else:
        status = 200
    assert status in {200, 400}
    assert all(event.id for event in events)
