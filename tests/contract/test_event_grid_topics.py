"""What an Event Grid output sends is what Microsoft's own client sends for the same event."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, EventGridPublisherClient
from tests.integration.host.host_app import App, function
from tests.integration.host.topic import Sent, Topic, topic

from funcyard.host.invocation import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678900, UTC)
GRID = {
    "id": "7",
    "subject": "parts/7",
    "eventType": "Made",
    "dataVersion": "1",
    "data": {"where": "Zürich", "n": [1, 2.5, None]},
    "eventTime": "2026-01-02T03:04:05.678900+00:00",
}
CLOUD = {
    "id": "8",
    "source": "/parts",
    "type": "Made",
    "specversion": "1.0",
    "subject": "8",
    "data": {"where": "Zürich"},
    "time": "2026-01-02T03:04:05.678900Z",
    "ours": "kept",
}


@pytest.fixture(scope="module")
def served() -> Iterator[Topic]:
    with topic() as serving:
        yield serving


def grid_event() -> EventGridEvent:
    return EventGridEvent(
        id="7",
        subject="parts/7",
        event_type="Made",
        data_version="1",
        data=GRID["data"],
        event_time=MOMENT,
    )


def cloud_event() -> CloudEvent[Any]:
    return CloudEvent(
        id="8",
        source="/parts",
        type="Made",
        subject="8",
        data=CLOUD["data"],
        time=MOMENT,
        extensions={"ours": "kept"},
    )


@pytest.mark.parametrize(
    ("given", "made"),
    [(GRID, grid_event), (CLOUD, cloud_event)],
    ids=["Event Grid's schema", "CloudEvents"],
)
async def test_the_same_event_is_the_same_request(served: Topic, given: Any, made: Any) -> None:  # noqa: ANN401 - JSON, and either client's event
    served.sent.clear()
    with EventGridPublisherClient(served.url, AzureKeyCredential("sesame")) as client:
        client.send([made(), made()])
    app = App("", settings={"TOPIC": served.url, "TOPIC_KEY": "sesame"})
    app.behaviour = lambda _: {"out": Value.json(json.dumps([given, given]))}
    trigger = {"name": "timer", "type": "timerTrigger", "schedule": "0 * * * * *"}
    out = {"name": "out", "type": "eventGrid", "direction": "out"}
    named = {"topicEndpointUri": "TOPIC", "topicKeySetting": "TOPIC_KEY"}
    outcome = await app.dispatcher.run(
        function("work", trigger, {**out, **named}), Value.json("{}"), metadata={}, data={}
    )
    await app.topics.close()

    assert outcome.failed is None
    official, ours = map(_comparable, served.sent)
    assert ours == official


def _comparable(sent: Sent) -> Sent:
    """The request with its events' times as moments, however they are written."""
    events = [
        {
            name: datetime.fromisoformat(value) if name in {"time", "eventTime"} else value
            for name, value in event.items()
        }
        for event in sent.events
    ]
    return replace(sent, events=events)
