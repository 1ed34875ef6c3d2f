"""What an Event Grid output sends to its topic, and what fails the run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.host.host_app import App, function
from tests.integration.host.topic import Sent, Topic, topic

from funcyard.host.invocation import Value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from funcyard.host.invocation import Outcome

TRIGGER = {"name": "timer", "type": "timerTrigger", "schedule": "0 * * * * *"}
OUT = {
    "name": "out",
    "type": "eventGrid",
    "direction": "out",
    "topicEndpointUri": "TOPIC",
    "topicKeySetting": "TOPIC_KEY",
}
EVENT = {
    "id": "7",
    "subject": "parts/7",
    "dataVersion": "1",
    "eventType": "Made",
    "data": {"where": "Zürich"},
    "eventTime": "2026-01-01T01:00:00+01:00",
}
SENT = {**EVENT, "eventTime": "2026-01-01T00:00:00.0000000Z"}
CLOUD_EVENT = {"id": "8", "source": "/here", "type": "Made", "specversion": "1.0", "ours": 1}


@pytest.fixture(scope="module")
def served() -> Iterator[Topic]:
    with topic() as serving:
        yield serving


@pytest.fixture
async def app(served: Topic) -> AsyncIterator[App]:
    served.sent.clear()
    built = App("", settings={"TOPIC": served.url, "TOPIC_KEY": "sesame"})
    yield built
    await built.topics.close()


async def give(app: App, value: Value, **changes: str) -> Outcome:
    app.behaviour = lambda _: {"out": value}
    return await app.dispatcher.run(
        function("work", TRIGGER, {**OUT, **changes}), Value.json("{}"), metadata={}, data={}
    )


@pytest.mark.parametrize(
    ("value", "events", "media_type"),
    [
        (Value.json(json.dumps(EVENT)), [SENT], "application/json; charset=utf-8"),
        (Value.text(json.dumps([EVENT, EVENT])), [SENT, SENT], "application/json; charset=utf-8"),
        (Value.json(json.dumps([json.dumps(EVENT)])), [SENT], "application/json; charset=utf-8"),
        (
            Value("bytes", json.dumps({**EVENT, "ours": 1, "data": None}).encode()),
            [{**SENT, "data": None}],
            "application/json; charset=utf-8",
        ),
        (
            Value.json(json.dumps({**EVENT, "eventTime": "2026-01-01T00:00:00"})),
            [SENT],
            "application/json; charset=utf-8",
        ),
        (
            Value.text(json.dumps(CLOUD_EVENT)),
            [CLOUD_EVENT],
            "application/cloudevents-batch+json; charset=utf-8",
        ),
    ],
)
async def test_the_events_that_a_value_means_reach_the_topic_at_once(
    app: App, served: Topic, value: Value, events: list[dict[str, Any]], media_type: str
) -> None:
    outcome = await give(app, value)

    assert outcome.failed is None
    assert served.sent == [Sent("/api/events?api-version=2018-01-01", "sesame", media_type, events)]


async def test_no_events_are_no_request(app: App, served: Topic) -> None:
    outcome = await give(app, Value.json("[]"))

    assert outcome.failed is None
    assert served.sent == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("made", "is not JSON"),
        ("7", "an event is a JSON object"),
        ('{"id": "7"}', "or as a CloudEvent id, source, type and the specversion 1.0"),
        (json.dumps({**CLOUD_EVENT, "specversion": "0.3"}), "the specversion 1.0"),
        (json.dumps([EVENT, CLOUD_EVENT]), "has id, subject, eventType, dataVersion, all text"),
        (json.dumps({**EVENT, "eventTime": None}), "eventTime is None, which is no time"),
        (json.dumps({**EVENT, "dataVersion": 1}), "specversion"),
    ],
)
async def test_what_is_no_event_fails_the_run_and_nothing_is_sent(
    app: App, served: Topic, text: str, why: str
) -> None:
    outcome = await give(app, Value.text(text))

    assert outcome.failed is not None
    assert "an output could not be written: work: out: " in outcome.failed.message
    assert why in outcome.failed.message
    assert served.sent == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"topicEndpointUri": "NONE"}, "names the setting NONE, which is not set"),
        ({"topicKeySetting": "NONE"}, "names the setting NONE, which is not set"),
        ({"topicKeySetting": ""}, "has no topicKeySetting"),
        ({"topicEndpointUri": "TOPIC_KEY"}, "TOPIC_KEY must hold an address, not 'sesame'"),
        ({"connection": "GRID"}, "which means an identity; that does not work here"),
    ],
)
async def test_a_topic_that_is_not_told_fails_the_run(
    app: App, changes: dict[str, str], why: str
) -> None:
    outcome = await give(app, Value.json(json.dumps(EVENT)), **changes)

    assert outcome.failed is not None
    assert why in outcome.failed.message


async def test_a_busy_topic_is_asked_again_and_one_that_refuses_is_not(
    app: App, served: Topic
) -> None:
    served.statuses[:] = [503]
    again = await give(app, Value.json(json.dumps(EVENT)))
    served.statuses[:] = [401]
    refused = await give(app, Value.json(json.dumps(EVENT)))

    assert again.failed is None
    assert refused.failed is not None
    assert "Unauthorized" in refused.failed.message
    assert len(served.sent) == 3
