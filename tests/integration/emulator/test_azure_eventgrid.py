"""Event Grid through Microsoft's own clients: topics, subscriptions, and what is delivered."""

from __future__ import annotations

import base64
import itertools
import json
import sqlite3
import ssl
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.credentials import AzureKeyCredential, AzureSasCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, EventGridPublisherClient, generate_sas
from azure.mgmt.eventgrid import EventGridManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient
from tests import local_azure
from tests.integration.emulator.webhook import Sent, Webhook, until, webhook
from tests.local_azure import SUBSCRIPTION, LocalAzure

_ACCOUNT = "eventsaccount"
_NOBODY = {"endpointType": "WebHook", "properties": {"endpointUrl": "https://127.0.0.1:9/"}}
_WHOLE = {
    "id": "1",
    "subject": "parts",
    "eventType": "Made",
    "eventTime": "2026-01-02T03:04:05Z",
    "dataVersion": "1",
    "data": 1,
}
_SENDER = "d5a91429-5739-47e2-a06b-3470a27159e7"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """Where a minute of Azure's takes 60 milliseconds."""
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    service.resources().resource_groups.create_or_update("g", {"location": "westeurope"})
    yield service
    service.end()


@pytest.fixture(autouse=True)
def trusting(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust its certificate as `funcyard emulator connection azure` says; it takes no file."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", azure.ca)


@pytest.fixture(scope="module")
def hook() -> Iterator[Webhook]:
    with webhook() as serving:
        yield serving


@dataclass
class Topic:
    """A topic, and what is done with it."""

    azure: LocalAzure
    grid: Any
    name: str
    id: str
    endpoint: str

    @classmethod
    def make(cls, azure: LocalAzure, **properties: object) -> Topic:
        grid: Any = azure.client(EventGridManagementClient)
        name = f"t-{uuid.uuid4().hex[:12]}"
        body = {"location": "westeurope", "properties": properties}
        made = grid.topics.begin_create_or_update("g", name, body).result()
        return cls(azure, grid, name, made.id, made.endpoint)

    @property
    def key(self) -> str:
        return str(self.grid.topics.list_shared_access_keys("g", self.name).key1)

    def client(self, credential: Any = None) -> EventGridPublisherClient:  # noqa: ANN401 - any of three
        return EventGridPublisherClient(
            self.endpoint,
            credential or AzureKeyCredential(self.key),
            retry_total=0,
        )

    def send(self, *events: EventGridEvent | CloudEvent[Any]) -> None:
        with self.client() as client:
            client.send(list(events))

    def subscribe(self, destination: object, name: str = "sub", **more: object) -> Any:  # noqa: ANN401 - a model of the client's
        body = {"properties": {"destination": destination, **more}}
        subscriptions = self.grid.topic_event_subscriptions
        return subscriptions.begin_create_or_update("g", self.name, name, body).result()


@pytest.fixture
def topic(azure: LocalAzure) -> Topic:
    return Topic.make(azure)


@pytest.fixture(scope="module")
def account(azure: LocalAzure) -> tuple[str, dict[str, str], str]:
    """Id, addresses and a key of a storage account with a queue and a container."""
    storage: Any = azure.client(StorageManagementClient)
    body = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    made = storage.storage_accounts.begin_create("g", _ACCOUNT, body).result()
    storage.queue.create("g", _ACCOUNT, "events", {})
    storage.blob_containers.create("g", _ACCOUNT, "dead", {})
    listed = azure.call("POST", f"{made.id}/listKeys", version="2023-05-01")[2]
    key = listed["keys"][0]["value"]
    endpoints = made.primary_endpoints
    return made.id, {"blob": endpoints.blob, "queue": endpoints.queue}, key


def _event(number: int = 1, **more: Any) -> EventGridEvent:  # noqa: ANN401 - as the client takes them
    values: dict[str, Any] = {
        "subject": f"parts/{number}",
        "event_type": "Made",
        "data": {"n": number},
    }
    return EventGridEvent(**{**values, "data_version": "1", "id": f"id-{number}", **more})


def _to(hook: Webhook, path: str, **more: object) -> dict[str, object]:
    return {
        "endpointType": "WebHook",
        "properties": {"endpointUrl": f"{hook.url}{path}?code=secret", **more},
    }


@contextmanager
def _outbox(azure: LocalAzure) -> Iterator[sqlite3.Connection]:
    """What waits in a local Azure, for a fault that a disk has now and then."""
    path = azure.location / "eventgrid" / "events.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def _waiting(azure: LocalAzure, subscription: str) -> int:
    with _outbox(azure) as outbox:
        query = "SELECT count(*) FROM deliveries WHERE subscription LIKE ?"
        (found,) = outbox.execute(query, (f"%{subscription}",)).fetchone()
    return int(found)


def test_what_is_published_is_delivered_as_it_was_sent(topic: Topic, hook: Webhook) -> None:
    topic.subscribe(_to(hook, "/plain"), "my-sub")
    topic.send(_event(7))
    (event,) = hook.events("/plain")
    assert event.pop("eventTime")
    assert event == {
        "id": "id-7",
        "subject": "parts/7",
        "eventType": "Made",
        "data": {"n": 7},
        "dataVersion": "1",
        "metadataVersion": "1",
        "topic": topic.id,
    }
    (sent,) = hook.at("/plain")
    told = {name: value for name, value in sent.headers.items() if name.startswith("aeg-")}
    assert told == {
        "aeg-event-type": "Notification",
        "aeg-subscription-name": "MY-SUB",
        "aeg-delivery-count": "0",
        "aeg-data-version": "1",
        "aeg-metadata-version": "1",
    }


def test_a_subscription_is_shown_changed_listed_and_deleted(topic: Topic, hook: Webhook) -> None:
    made = topic.subscribe(_to(hook, "/life"), filter={"subjectBeginsWith": "parts/1"})
    assert made.destination.endpoint_url is None
    assert made.destination.endpoint_base_url == f"{hook.url}/life"
    assert made.retry_policy.max_delivery_attempts == 30
    subscriptions = topic.grid.topic_event_subscriptions
    full = subscriptions.get_full_url("g", topic.name, "sub").endpoint_url
    assert full == f"{hook.url}/life?code=secret"
    change = {"filter": {"subjectBeginsWith": "parts/2"}, "labels": ["a"]}
    changed = subscriptions.begin_update("g", topic.name, "sub", change).result()
    assert (changed.filter.subject_begins_with, changed.labels) == ("parts/2", ["a"])
    assert changed.destination.endpoint_base_url == f"{hook.url}/life"
    topic.send(_event(1), _event(2))
    assert [one["id"] for one in hook.events("/life")] == ["id-2"]
    assert [one.name for one in subscriptions.list("g", topic.name)] == ["sub"]
    subscriptions.begin_delete("g", topic.name, "sub").result()
    with pytest.raises(HttpResponseError, match="Event subscription doesn't exist"):
        subscriptions.get("g", topic.name, "sub")


def test_a_topic_is_listed_with_its_tags_and_deleted_with_its_subscriptions(
    topic: Topic, hook: Webhook
) -> None:
    topic.grid.topics.begin_update("g", topic.name, {"tags": {"a": "b"}}).result()
    found = {one.name: one.tags for one in topic.grid.topics.list_by_resource_group("g")}
    assert found[topic.name] == {"a": "b"}
    topic.subscribe(_to(hook, "/gone"))
    topic.grid.topics.begin_delete("g", topic.name).result()
    assert topic.name not in {one.name for one in topic.grid.topics.list_by_resource_group("g")}
    with pytest.raises(HttpResponseError):
        topic.grid.topic_event_subscriptions.get("g", topic.name, "sub")


def test_an_event_goes_to_every_subscription_whose_filter_it_passes(
    topic: Topic, hook: Webhook
) -> None:
    above = {"operatorType": "NumberGreaterThan", "key": "data.n", "value": 5}
    topic.subscribe(_to(hook, "/all"), "all")
    topic.subscribe(_to(hook, "/above"), "above", filter={"advancedFilters": [above]})
    topic.subscribe(_to(hook, "/other"), "other", filter={"includedEventTypes": ["Sold"]})
    topic.send(*(_event(number) for number in (1, 9)))
    hook.events("/all", 2)
    assert [one["id"] for one in hook.events("/above")] == ["id-9"]
    assert hook.at("/other") == []


def test_cloud_events_are_delivered_one_by_one_or_many_at_once(
    azure: LocalAzure, hook: Webhook
) -> None:
    topic = Topic.make(azure, inputSchema="CloudEventSchemaV1_0")
    topic.subscribe(_to(hook, "/cloud"), "one")
    topic.subscribe(_to(hook, "/clouds", maxEventsPerBatch=10), "many")
    made = [
        CloudEvent(source="/parts", type="Made", data={"n": n}, id=f"{n}", extensions={"ours": "x"})
        for n in range(3)
    ]
    topic.send(*made)
    hook.events("/cloud", 3)
    hook.events("/clouds", 3)
    assert {one.headers["content-type"] for one in hook.at("/cloud")} == {
        "application/cloudevents+json; charset=utf-8"
    }
    (batch,) = hook.at("/clouds")
    assert batch.headers["content-type"] == "application/cloudevents-batch+json; charset=utf-8"
    assert [(one["id"], one["ours"], one["data"]) for one in batch.body] == [
        (f"{n}", "x", {"n": n}) for n in range(3)
    ]
    (asked,) = hook.handshakes("/cloud")
    assert (asked.method, asked.headers["webhook-request-origin"]) == (
        "OPTIONS",
        "eventgrid.azure.net",
    )
    with pytest.raises(HttpResponseError, match="cannot be used in combination"):
        topic.subscribe(_to(hook, "/cloud"), "other", eventDeliverySchema="EventGridSchema")


def test_events_of_event_grids_schema_can_be_delivered_as_cloud_events(
    topic: Topic, hook: Webhook
) -> None:
    topic.subscribe(_to(hook, "/mapped"), eventDeliverySchema="CloudEventSchemaV1_0")
    topic.send(_event(3))
    (event,) = hook.events("/mapped")
    assert event.pop("time")
    assert event == {
        "specversion": "1.0",
        "id": "id-3",
        "source": topic.id,
        "subject": "parts/3",
        "type": "Made",
        "data": {"n": 3},
    }


def test_headers_of_ones_own_go_with_every_delivery(topic: Topic, hook: Webhook) -> None:
    mappings = [
        {"name": "x-fixed", "type": "Static", "properties": {"value": "a", "isSecret": True}},
        {"name": "x-number", "type": "Dynamic", "properties": {"sourceField": "data.n"}},
        {"name": "x-none", "type": "Dynamic", "properties": {"sourceField": "data.other"}},
    ]
    topic.subscribe(_to(hook, "/headers", deliveryAttributeMappings=mappings))
    topic.send(_event(4))
    hook.events("/headers")
    headers = hook.at("/headers")[0].headers
    assert (headers["x-fixed"], headers["x-number"]) == ("a", "4")
    assert "x-none" not in headers
    shown = topic.grid.topic_event_subscriptions.get("g", topic.name, "sub")
    assert shown.destination.delivery_attribute_mappings[0].value == "Hidden"
    whole = topic.grid.topic_event_subscriptions.get_delivery_attributes("g", topic.name, "sub")
    assert whole.value[0].value == "a"


def test_a_topic_opens_to_its_keys_and_signatures_by_them_alone(topic: Topic) -> None:
    keys = topic.grid.topics.list_shared_access_keys("g", topic.name)
    soon, past = (datetime.now(UTC) + timedelta(minutes=one) for one in (5, -5))
    for credential in (
        AzureKeyCredential(keys.key1),
        AzureKeyCredential(keys.key2),
        AzureSasCredential(generate_sas(topic.endpoint, keys.key2, soon)),
    ):
        with topic.client(credential) as client:
            client.send(_event())
    elsewhere = topic.endpoint.replace("/api/events", "/api/other")
    for wrong in (
        AzureKeyCredential(keys.key1[::-1]),
        AzureSasCredential(generate_sas(topic.endpoint, keys.key1, past)),
        AzureSasCredential(generate_sas(elsewhere, keys.key1, soon)),
        AzureSasCredential(generate_sas(topic.endpoint, base64.b64encode(b"x").decode(), soon)),
    ):
        with topic.client(wrong) as client, pytest.raises(ClientAuthenticationError):
            client.send(_event())
    topic.grid.topics.begin_regenerate_key("g", topic.name, {"keyName": "key1"}).result()
    with (
        topic.client(AzureKeyCredential(keys.key1)) as client,
        pytest.raises(ClientAuthenticationError),
    ):
        client.send(_event())


def test_a_role_opens_a_topic_and_keys_can_be_turned_off(azure: LocalAzure) -> None:
    topic = Topic.make(azure, disableLocalAuth=True)
    with pytest.raises(ClientAuthenticationError, match="disableLocalAuth"):
        topic.send(_event())
    with topic.client(azure.credential()) as client:
        with pytest.raises(HttpResponseError, match="has no role"):
            client.send(_event())
        role = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
        assigned = f"{topic.id}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
        properties = {
            "roleDefinitionId": f"{role}/{_SENDER}",
            "principalId": azure.issuer.application_id,
            "principalType": "ServicePrincipal",
        }
        body = {"properties": properties}
        assert azure.call("PUT", assigned, body, "2022-04-01")[0] == 201
        client.send(_event())


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"id": "1"}, "The required property 'subject' is missing"),
        ({**_WHOLE, "other": 1}, "unexpected property 'other'"),
        ({**_WHOLE, "eventTime": "soon"}, "'soon' is no time"),
        ("text", "Token Expected: StartObject"),
    ],
    ids=["nothing in it", "something else in it", "no time", "no object"],
)
def test_what_is_no_event_is_refused_with_the_reason(
    topic: Topic, event: object, told: str
) -> None:
    status, body = _post(topic, [event])
    assert (status, body["error"]["code"]) == (400, "BadRequest")
    assert told in body["error"]["message"]
    assert body["error"]["details"][0]["code"] == "InputJsonInvalid"


def test_what_is_too_large_is_refused(topic: Topic) -> None:
    with pytest.raises(HttpResponseError) as refused:
        topic.send(_event(1, data={"text": "x" * 1_100_000}))
    assert refused.value.status_code == 413


def test_a_webhook_that_answers_the_handshake_wrongly_gets_no_subscription(
    topic: Topic, hook: Webhook
) -> None:
    subscriptions = topic.grid.topic_event_subscriptions
    usual = hook.handshake
    hook.handshake = lambda _: (404, None)
    try:
        with pytest.raises(HttpResponseError, match=r"handshake failed.*NotFound"):
            topic.subscribe(_to(hook, "/refusing"))
    finally:
        hook.handshake = usual
    with pytest.raises(HttpResponseError, match="Event subscription doesn't exist"):
        subscriptions.get("g", topic.name, "sub")
    with pytest.raises(HttpResponseError, match=r"handshake failed.*Unknown"):
        topic.subscribe(
            {"endpointType": "WebHook", "properties": {"endpointUrl": "https://127.0.0.1:9/"}}
        )


def test_the_answer_to_a_handshake_counts_whole_in_however_many_pieces_it_comes(
    topic: Topic, hook: Webhook
) -> None:
    usual = hook.handshake
    hook.handshake = lambda one: (200, {"long": "x" * 600_000, **usual(one)[1]})
    try:
        assert topic.subscribe(_to(hook, "/pieces")).provisioning_state == "Succeeded"
    finally:
        hook.handshake = usual


def test_a_change_that_fails_leaves_what_was_there(topic: Topic, hook: Webhook) -> None:
    topic.subscribe(_to(hook, "/stays"))
    with pytest.raises(HttpResponseError, match="handshake failed"):
        topic.subscribe(_NOBODY)
    path = f"{topic.id}/eventSubscriptions/sub"
    bodies: list[Any] = [{}, {"properties": {}}, {"properties": {"destination": None}}]
    for body in bodies:
        status, _, refused = topic.azure.call("PUT", path, body, "2022-06-15")
        assert (status, refused["error"]["code"]) == (400, "InvalidRequest")
    found = topic.grid.topic_event_subscriptions.get("g", topic.name, "sub")
    assert found.destination.endpoint_base_url == f"{hook.url}/stays"
    assert found.provisioning_state == "Succeeded"


def test_a_webhook_can_be_confirmed_by_hand(topic: Topic, hook: Webhook) -> None:
    usual = hook.handshake
    hook.handshake = lambda _: (200, None)
    try:
        body = {"properties": {"destination": _to(hook, "/by-hand")}}
        path = f"{topic.id}/eventSubscriptions/sub"
        assert topic.azure.call("PUT", path, body, "2022-06-15")[0] == 201
        until(lambda: bool(hook.handshakes("/by-hand")))
        url = hook.handshakes("/by-hand")[0].body[0]["data"]["validationUrl"]
        context = ssl.create_default_context(cafile=topic.azure.ca)
        with urllib.request.urlopen(url, context=context) as answer:
            assert answer.status == 200
    finally:
        hook.handshake = usual

    def state() -> str:
        shown = topic.azure.call("GET", path, version="2022-06-15")[2]
        return str(shown["properties"]["provisioningState"])

    until(lambda: state() == "Succeeded", state)
    topic.send(_event(5))
    assert hook.events("/by-hand")


def test_a_webhook_that_nobody_confirms_in_time_gets_no_subscription(
    topic: Topic, hook: Webhook
) -> None:
    usual = hook.handshake
    hook.handshake = lambda _: (200, None)
    try:
        with pytest.raises(HttpResponseError, match="was not opened within 10 minutes"):
            topic.subscribe(_to(hook, "/unconfirmed"))
    finally:
        hook.handshake = usual


def test_a_version_that_no_header_can_hold_keeps_no_event_from_its_webhook(
    topic: Topic, hook: Webhook
) -> None:
    topic.subscribe(_to(hook, "/versions"))
    topic.send(_event(1, data_version="1\n2"))
    (event,) = hook.events("/versions")
    assert event["dataVersion"] == "1\n2"
    assert "aeg-data-version" not in hook.at("/versions")[0].headers


def test_what_cannot_be_noted_as_delivered_is_not_sent_without_a_pause(
    topic: Topic, hook: Webhook
) -> None:
    topic.subscribe(_to(hook, "/unnoted"), "unnoted")
    other = Topic.make(topic.azure)
    other.subscribe(_to(hook, "/noted"))
    with _outbox(topic.azure) as outbox:
        for change in ("DELETE", "UPDATE"):
            outbox.execute(
                f"CREATE TRIGGER full_{change} BEFORE {change} ON deliveries"
                " WHEN OLD.subscription LIKE '%unnoted'"
                " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            )
    try:
        topic.send(_event(1))
        hook.events("/unnoted")
        for number in range(10):
            other.send(_event(number))
            hook.events("/noted", number + 1)
        assert len(hook.at("/unnoted")) < 10  # as often as the others, or more, without a pause
    finally:
        with _outbox(topic.azure) as outbox:
            outbox.execute("DROP TRIGGER full_DELETE")
            outbox.execute("DROP TRIGGER full_UPDATE")
    until(lambda: _waiting(topic.azure, "unnoted") == 0)


def test_delivery_goes_on_after_an_event_that_could_not_be_read(
    topic: Topic, hook: Webhook
) -> None:
    hook.status = lambda sent: 500 if sent.path == "/unread" else 200
    try:
        topic.subscribe(_to(hook, "/unread"), "unread")
        topic.send(_event(1))
        hook.events("/unread")
        with _outbox(topic.azure) as outbox:
            outbox.execute(
                "UPDATE events SET body='{' || body WHERE id IN"
                " (SELECT event FROM deliveries WHERE subscription LIKE '%unread')"
            )
            outbox.execute("UPDATE deliveries SET due=0 WHERE subscription LIKE '%unread'")
        other = Topic.make(topic.azure)
        other.subscribe(_to(hook, "/readable"))
        other.send(_event(2))
        with _outbox(topic.azure) as outbox:
            outbox.execute("UPDATE events SET body=substr(body, 2) WHERE body LIKE '{{%'")
    finally:
        hook.status = lambda _: 200
    assert hook.events("/readable")


def test_what_was_not_taken_is_tried_again(topic: Topic, hook: Webhook) -> None:
    topic.subscribe(_to(hook, "/later"))
    statuses = iter([500, 503, 404])
    usual = hook.status
    hook.status = lambda one: next(statuses, 200) if one.path == "/later" else 200
    try:
        topic.send(_event(6))
        until(lambda: len(hook.at("/later")) == 4, lambda: hook.at("/later"))
    finally:
        hook.status = usual
    counts = [one.headers["aeg-delivery-count"] for one in hook.at("/later")]
    assert counts == ["0", "1", "2", "3"]


def test_what_is_never_taken_becomes_a_blob_that_says_why(
    topic: Topic, hook: Webhook, account: tuple[str, dict[str, str], str]
) -> None:
    identifier, endpoints, key = account
    dead = {
        "endpointType": "StorageBlob",
        "properties": {"resourceId": identifier, "blobContainerName": "dead"},
    }
    for name, attempts in (("refused", 30), ("tried-out", 2)):
        topic.subscribe(
            _to(hook, f"/{name}"),
            name,
            deadLetterDestination=dead,
            retryPolicy={"maxDeliveryAttempts": attempts},
        )
    usual = hook.status
    hook.status = lambda one: {"/refused": 400, "/tried-out": 500}.get(one.path, 200)
    with BlobServiceClient(endpoints["blob"], credential=_shared(key)) as service:
        container = service.get_container_client("dead")
        try:
            topic.send(_event(8))
            until(lambda: len(list(container.list_blob_names())) == 2)
        finally:
            hook.status = usual
        found = {}
        for name in container.list_blob_names():
            (letter,) = json.loads(container.download_blob(name).readall())
            found[name.partition("/")[0]] = letter
            assert name.count("/") == 5
    assert (len(hook.at("/refused")), len(hook.at("/tried-out"))) == (1, 2)
    refused, tried = found["REFUSED"], found["TRIED-OUT"]
    assert (refused["id"], refused["lastDeliveryOutcome"]) == ("id-8", "BadRequest")
    assert refused["deliveryAttempts"] == 1
    assert tried["deadLetterReason"] == "MaxDeliveryAttemptsExceeded"
    assert tried["deliveryAttempts"] == 2
    assert tried["publishTime"] <= tried["lastDeliveryAttemptTime"]


def test_no_event_is_lost_whatever_a_webhook_answers(
    topic: Topic, hook: Webhook, account: tuple[str, dict[str, str], str]
) -> None:
    identifier, endpoints, key = account
    properties = {"resourceId": identifier, "blobContainerName": "dead"}
    topic.subscribe(
        _to(hook, "/moody"),
        "moody",
        deadLetterDestination={"endpointType": "StorageBlob", "properties": properties},
        retryPolicy={"maxDeliveryAttempts": 3},
    )
    answers = itertools.product((200, 202, 500, 503, 400, 302), repeat=3)
    moods = {f"id-{n}": one for n, one in enumerate(itertools.islice(answers, 0, None, 5))}
    taken, dead = set(), {}
    for name, statuses in moods.items():
        ended = next((n for n, one in enumerate(statuses) if one in {200, 202, 400}), 2)
        if statuses[ended] in {200, 202}:
            taken.add(name)
        else:
            dead[name] = ended + 1
    usual = hook.status

    def mood(one: Sent) -> int:
        if one.path != "/moody":
            return 200
        return moods[one.events[0]["id"]][int(one.headers["aeg-delivery-count"])]

    hook.status = mood
    found: dict[str, int] = {}
    with BlobServiceClient(endpoints["blob"], credential=_shared(key)) as service:
        container = service.get_container_client("dead")

        def letters() -> dict[str, int]:
            for name in container.list_blob_names(name_starts_with="MOODY/"):
                for one in json.loads(container.download_blob(name).readall()):
                    found[one["id"]] = one["deliveryAttempts"]
            return found

        try:
            topic.send(*(_event(number) for number in range(len(moods))))
            until(lambda: letters().keys() >= dead.keys(), letters)
        finally:
            hook.status = usual
    assert found == dead
    until(lambda: hook.ids("/moody").keys() >= taken)
    sent = {name: moods[name][: hook.ids("/moody")[name]][-1] in {200, 202} for name in moods}
    assert {name for name, is_taken in sent.items() if is_taken} == taken


def test_an_event_is_dead_when_its_time_is_over(
    topic: Topic, hook: Webhook, account: tuple[str, dict[str, str], str]
) -> None:
    identifier, endpoints, key = account
    properties = {"resourceId": identifier, "blobContainerName": "dead"}
    dead = {"endpointType": "StorageBlob", "properties": properties}
    topic.subscribe(
        _to(hook, "/expired"),
        "expired",
        deadLetterDestination=dead,
        retryPolicy={"eventTimeToLiveInMinutes": 1},
    )
    usual = hook.status
    hook.status = lambda one: 500 if one.path == "/expired" else 200
    with BlobServiceClient(endpoints["blob"], credential=_shared(key)) as service:
        container = service.get_container_client("dead")
        try:
            topic.send(_event(10))
            until(lambda: bool(list(container.list_blob_names(name_starts_with="EXPIRED/"))))
        finally:
            hook.status = usual
        (name,) = container.list_blob_names(name_starts_with="EXPIRED/")
        (letter,) = json.loads(container.download_blob(name).readall())
    assert letter["deadLetterReason"] == "TimeToLiveExceeded"


def test_events_become_messages_of_a_queue(
    topic: Topic, account: tuple[str, dict[str, str], str]
) -> None:
    identifier, endpoints, key = account
    properties = {"resourceId": identifier, "queueName": "events"}
    topic.subscribe({"endpointType": "StorageQueue", "properties": properties})
    topic.send(_event(11))
    with QueueServiceClient(endpoints["queue"], credential=_shared(key)) as service:
        queue = service.get_queue_client("events")
        until(lambda: bool(queue.peek_messages()))
        (message,) = queue.peek_messages()
    assert json.loads(base64.b64decode(message.content))["id"] == "id-11"


@pytest.mark.parametrize(
    ("destination", "told"),
    [
        (
            {"endpointType": "EventHub", "properties": {"resourceId": "/subscriptions/x"}},
            "The destination 'EventHub' is not served by the local Azure",
        ),
        (
            {"endpointType": "WebHook", "properties": {"endpointUrl": "http://example.com"}},
            "should be a proper HTTPS URL",
        ),
        (
            {
                "endpointType": "AzureFunction",
                "properties": {
                    "resourceId": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g/providers"
                    "/Microsoft.Web/sites/none/functions/f"
                },
            },
            "Destination endpoint not found",
        ),
    ],
    ids=["a destination of Azure's that is not here", "plain HTTP", "no function"],
)
def test_a_destination_that_cannot_be_is_refused_with_the_reason(
    topic: Topic, destination: object, told: str
) -> None:
    with pytest.raises(HttpResponseError, match=told):
        topic.subscribe(destination)


def test_domains_and_events_that_nobody_tells_are_refused(
    azure: LocalAzure, account: tuple[str, dict[str, str], str], hook: Webhook
) -> None:
    grid: Any = azure.client(EventGridManagementClient)
    with pytest.raises(HttpResponseError, match="InvalidResourceType"):
        grid.domains.begin_create_or_update("g", "d", {"location": "westeurope"}).result()
    body = {"properties": {"destination": _to(hook, "/blobs")}}
    with pytest.raises(HttpResponseError, match="StorageAccounts' is not served"):
        grid.event_subscriptions.begin_create_or_update(account[0], "blobs", body).result()


def test_events_that_were_accepted_are_delivered_after_a_kill(
    tmp_path_factory: pytest.TempPathFactory, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = tmp_path_factory.mktemp("killed") / "location"
    service = local_azure.start(location, "--scale", "100")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", service.ca)
    usual = hook.status
    hook.status = lambda one: 500 if one.path == "/killed" else 200
    try:
        service.resources().resource_groups.create_or_update("g", {"location": "westeurope"})
        topic = Topic.make(service)
        topic.subscribe(_to(hook, "/killed"))
        topic.send(*(_event(number) for number in range(20)))
        until(lambda: bool(hook.at("/killed")))
        service.kill()
        hook.sent.clear()
        hook.status = usual
        service = local_azure.start(location, "--scale", "100")
        until(lambda: len(hook.ids("/killed")) == 20, lambda: hook.ids("/killed"))
        again = Topic(service, service.client(EventGridManagementClient), topic.name, "", "")
        assert again.grid.topics.get("g", topic.name).endpoint == topic.endpoint
    finally:
        hook.status = usual
        service.end()


def _shared(key: str) -> dict[str, str]:
    return {"account_name": _ACCOUNT, "account_key": key}


def _post(topic: Topic, events: object) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{topic.endpoint}?api-version=2018-01-01",
        json.dumps(events).encode(),
        {"aeg-sas-key": topic.key, "content-type": "application/json"},
        method="POST",
    )
    context = ssl.create_default_context(cafile=topic.azure.ca)
    try:
        with urllib.request.urlopen(request, context=context) as answer:
            return int(answer.status), None
    except urllib.error.HTTPError as refused:
        with refused:
            return int(refused.code), json.loads(refused.read())
