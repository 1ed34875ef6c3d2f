"""Events delivered to ``funcyard host``, as Event Grid delivers them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.running import Answer, eventually, fetch
from tests.e2e.serving_alone import host
from tests.integration.host.topic import Topic, topic

SOURCE = """
import json
import os

import azure.functions as func

app = func.FunctionApp()


def sends(function):
    decorate = app.event_grid_output(
        arg_name="out", topic_endpoint_uri="TOPIC", topic_key_setting="TOPIC_KEY"
    )
    return decorate(function)


def told(**data):
    return json.dumps({
        "id": "out", "subject": "told", "eventType": "Told", "dataVersion": "1", "data": data,
    })


@app.event_grid_trigger(arg_name="event")
@sends
def on_event(event: func.EventGridEvent, out: func.Out[str]) -> None:
    if event.subject == "on purpose":
        raise ValueError("on purpose")
    out.set(told(
        kind="EventGridEvent", id=event.id, topic=event.topic, subject=event.subject,
        type=event.event_type, time=event.event_time.isoformat(), version=event.data_version,
        data=event.get_json(),
    ))


@app.event_grid_trigger(arg_name="event")
@sends
async def on_cloud_event(event: func.CloudEvent, out: func.Out[str]) -> None:
    out.set(told(
        kind="CloudEvent", id=event.id, source=event.source, subject=event.subject,
        type=event.type, time=event.time.isoformat(), data=event.get_json(),
    ))


@app.event_grid_trigger(arg_name="events", cardinality="many")
@sends
def on_many(events: str, out: func.Out[str]) -> None:
    out.set(told(ids=[event["id"] for event in json.loads(events)]))


@app.event_grid_trigger(arg_name="event")
def switched_off(event: func.EventGridEvent) -> None:
    raise AssertionError


@app.event_grid_trigger(arg_name="event")
def dies(event: func.EventGridEvent) -> None:
    os._exit(3)


@app.route(route="hello", auth_level=func.AuthLevel.ANONYMOUS)
def hello(req: func.HttpRequest) -> str:
    return "hello"
"""

BLOB_CREATED = {
    "topic": "/subscriptions/s/resourceGroups/Storage/providers/Microsoft.Storage/storageAccounts/a",  # noqa: E501 - one address
    "subject": "/blobServices/default/containers/test-container/blobs/new-file.txt",
    "eventType": "Microsoft.Storage.BlobCreated",
    "eventTime": "2017-06-26T18:41:00.9584103Z",
    "id": "831e1650-001e-001b-66ab-eeb76e069631",
    "data": {
        "api": "PutBlockList",
        "clientRequestId": "6d79dbfb-0e37-4fc4-981f-442c9ca65760",
        "requestId": "831e1650-001e-001b-66ab-eeb76e000000",
        "eTag": '"0x8D4BCC2E4835CD0"',
        "contentType": "text/plain",
        "contentLength": 524288,
        "blobType": "BlockBlob",
        "url": "https://a.blob.core.windows.net/test-container/new-file.txt",
        "sequencer": "00000000000004420000000000028963",
        "storageDiagnostics": {"batchId": "b68529f3-68cd-4744-baa4-3c0498ec19f0"},
    },
    "dataVersion": "",
    "metadataVersion": "1",
}
"""From https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage"""

CLOUD_EVENT = {
    "specversion": "1.0",
    "type": "Microsoft.Storage.BlobCreated",
    "source": BLOB_CREATED["topic"],
    "id": "9aeb0fdf-c01e-0131-0922-9eb54906e209",
    "time": "2019-11-18T15:13:39.4589254Z",
    "subject": "blobServices/default/containers/{storage-container}/blobs/{new-file}",
    "dataschema": "#",
    "data": BLOB_CREATED["data"],
}
"""From https://learn.microsoft.com/azure/event-grid/cloud-event-schema"""

VALIDATION = {
    "id": "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
    "topic": "/subscriptions/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
    "subject": "",
    "data": {
        "validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6",
        "validationUrl": "https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/my/validate",
    },
    "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
    "eventTime": "2022-10-28T04:23:35.1981776Z",
    "metadataVersion": "1",
    "dataVersion": "1",
}
"""From https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema"""


@dataclass(frozen=True)
class Webhook:
    """The webhook of a running app, its key, and what its functions told."""

    url: str
    found: dict[str, Any]
    keys: dict[str, Any]
    topic: Topic

    @property
    def key(self) -> str:
        return str(self.keys["system"]["eventgrid_extension"])

    def address(self, function: str) -> str:
        return f"{self.url}/runtime/webhooks/EventGrid?functionName={function}&code={self.key}"

    def ask(self, function: str, body: object, kind: str = "Notification") -> Answer:
        """Send a request with the key, and forget what was told before."""
        self.topic.sent.clear()
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"aeg-event-type": kind}
        return fetch(self.address(function), method="POST", body=text, headers=headers)

    @property
    def told(self) -> list[dict[str, Any]]:
        return [event["data"] for sent in self.topic.sent for event in sent.events]


@pytest.fixture(scope="module")
def webhook(tmp_path_factory: pytest.TempPathFactory, apps_python: Path) -> Iterator[Webhook]:
    folder = tmp_path_factory.mktemp("wwwroot")
    (folder / "function_app.py").write_text(SOURCE, encoding="utf-8")
    (folder / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
    keys = folder / "keys.json"
    with topic() as serving:
        settings = {
            "TOPIC": serving.url,
            "TOPIC_KEY": "sesame",
            "AzureWebJobs.switched_off.Disabled": "true",
        }
        arguments = (folder, "--port", "0", "--enable-auth", "--keys", keys)
        with host(apps_python, *arguments, **settings) as (_, found):
            yield Webhook(found["url"], found, json.loads(keys.read_text()), serving)


def test_the_address_of_each_function_is_shown(webhook: Webhook) -> None:
    shown = {one["name"]: (one["route"], one["state"]) for one in webhook.found["functions"]}

    assert shown["on_event"] == ("/runtime/webhooks/EventGrid?functionName=on_event", "listening")
    assert shown["switched_off"][1] == "disabled"


def test_an_event_reaches_its_function_as_event_grids_schema_tells_it(webhook: Webhook) -> None:
    answer = webhook.ask("on_event", [BLOB_CREATED])

    assert (answer.status, answer.body) == (202, b"")
    assert webhook.told == [
        {
            "kind": "EventGridEvent",
            "id": BLOB_CREATED["id"],
            "topic": BLOB_CREATED["topic"],
            "subject": BLOB_CREATED["subject"],
            "type": "Microsoft.Storage.BlobCreated",
            "time": "2017-06-26T18:41:00.958410+00:00",
            "version": "",
            "data": BLOB_CREATED["data"],
        }
    ]
    assert webhook.topic.sent[0].key == "sesame"


@pytest.mark.parametrize("body", [CLOUD_EVENT, [CLOUD_EVENT]])
def test_a_cloud_event_reaches_its_function_alone_or_in_an_array(
    webhook: Webhook, body: object
) -> None:
    assert webhook.ask("on_cloud_event", body).status == 202
    assert webhook.told == [
        {
            "kind": "CloudEvent",
            "id": CLOUD_EVENT["id"],
            "source": CLOUD_EVENT["source"],
            "subject": CLOUD_EVENT["subject"],
            "type": "Microsoft.Storage.BlobCreated",
            "time": "2019-11-18T15:13:39.458925+00:00",
            "data": CLOUD_EVENT["data"],
        }
    ]


def test_every_event_of_a_delivery_is_a_run_unless_the_function_takes_many(
    webhook: Webhook,
) -> None:
    events = [{**BLOB_CREATED, "id": str(number)} for number in range(5)]
    assert webhook.ask("on_event", events).status == 202
    assert sorted(told["id"] for told in webhook.told) == ["0", "1", "2", "3", "4"]
    assert webhook.ask("on_many", events).status == 202
    assert webhook.told == [{"ids": ["0", "1", "2", "3", "4"]}]


def test_one_failed_run_fails_the_delivery_and_the_others_run(webhook: Webhook) -> None:
    answer = webhook.ask("on_event", [{**BLOB_CREATED, "subject": "on purpose"}, BLOB_CREATED])

    assert (answer.status, answer.body) == (
        500, b"Exception while executing function: Functions.on_event",
    )  # fmt: skip
    assert [told["id"] for told in webhook.told] == [BLOB_CREATED["id"]]


@pytest.mark.parametrize(
    "body",
    [
        [VALIDATION],
        {
            **{name: VALIDATION[name] for name in ("id", "subject")},
            "specversion": "1.0",
            "data": json.dumps(VALIDATION["data"]),
        },
    ],
)
def test_a_subscription_is_validated_by_its_code(webhook: Webhook, body: object) -> None:
    answer = webhook.ask("on_event", body, "SubscriptionValidation")

    assert answer.status == 200
    assert json.loads(answer.body) == {"validationResponse": VALIDATION["data"]["validationCode"]}  # type: ignore[index]  # the data is a mapping
    assert webhook.told == []


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("eventgrid.azure.net", "eventgrid.azure.net"),
        ("eventgrid.azure.cn", "eventgrid.azure.cn"),
        ("example.org", "eventgrid.azure.net"),
    ],
)
def test_cloud_events_shake_hands_by_options(webhook: Webhook, origin: str, allowed: str) -> None:
    address = webhook.address("on_cloud_event")
    answer = fetch(address, method="OPTIONS", headers={"WebHook-Request-Origin": origin})

    assert answer.status == 200
    assert answer.headers["webhook-allowed-origin"] == allowed


@pytest.mark.parametrize(
    ("function", "kind", "body", "status", "text"),
    [
        ("on_event", "Unsubscribe", None, 202, ""),
        ("on_event", "notification", [], 202, ""),
        ("on_event", "Hello", [BLOB_CREATED], 400, ""),
        ("on_event", "", [BLOB_CREATED], 400, ""),
        ("on_event", "Notification", b"{", 500, "on_event: the events are not JSON: "),
        ("on_event", "Notification", [1], 500, "on_event: an event is an object"),
        ("on_event", "SubscriptionValidation", [], 500, "the body holds no validation code"),
        ("on_event", "SubscriptionValidation", b"{", 500, "the body holds no validation code"),
        ("nobody", "Notification", [BLOB_CREATED], 404, "cannot find function: 'nobody'"),
        ("ON_EVENT", "Notification", [BLOB_CREATED], 404, "cannot find function: 'ON_EVENT'"),
        ("hello", "Notification", [BLOB_CREATED], 404, "cannot find function: 'hello'"),
        ("switched_off", "Notification", [BLOB_CREATED], 404, "cannot find function: 'switch"),
    ],
)
def test_everything_else_is_answered_as_microsofts_extension_does(
    webhook: Webhook, function: str, kind: str, body: object, status: int, text: str
) -> None:
    answer = webhook.ask(function, body, kind)

    assert answer.status == status
    assert answer.body.decode().startswith(text)
    assert webhook.told == []


def test_only_the_system_key_and_the_master_key_open_the_webhook(webhook: Webhook) -> None:
    address = f"{webhook.url}/runtime/webhooks/EventGrid?functionName=on_event"

    def status(key: str) -> int:
        headers = {"aeg-event-type": "Unsubscribe", "x-functions-key": key}
        return fetch(address, method="POST", headers=headers).status

    assert status(webhook.key) == 202
    assert status(webhook.keys["master"]) == 202
    assert status(webhook.keys["host"]) == 401
    assert status(webhook.keys["functions"]["on_event"]) == 401
    assert fetch(address, method="OPTIONS").status == 401
    assert fetch(address, method="PUT").status == 405


def test_a_person_gives_an_event_by_hand(webhook: Webhook) -> None:
    webhook.topic.sent.clear()
    answer = fetch(
        f"{webhook.url}/admin/functions/on_cloud_event",
        method="POST",
        body=json.dumps({"input": json.dumps(CLOUD_EVENT)}).encode(),
        headers={"x-functions-key": webhook.keys["master"]},
    )

    assert answer.status == 202
    eventually(lambda: [told["id"] for told in webhook.told] == [CLOUD_EVENT["id"]])


def test_what_a_person_gives_by_hand_and_is_no_event_harms_nothing(webhook: Webhook) -> None:
    headers = {"x-functions-key": webhook.keys["master"]}
    answer = fetch(
        f"{webhook.url}/admin/functions/on_event",
        method="POST",
        body=b'{"input": "hello"}',
        headers=headers,
    )
    status = json.loads(fetch(f"{webhook.url}/admin/host/status", headers=headers).body)

    assert answer.status == 202
    assert (status["state"], status["errors"]) == ("Running", [])


def test_the_address_is_found_in_any_case_and_no_other_extension_is(webhook: Webhook) -> None:
    def status(path: str) -> int:
        headers = {"aeg-event-type": "Unsubscribe", "x-functions-key": webhook.key}
        return fetch(f"{webhook.url}{path}", method="POST", headers=headers).status

    assert status("/Runtime/WebHooks/eventgrid?FunctionName=on_event") == 202
    assert status("/runtime/webhooks/durabletask?functionName=on_event") == 404


def test_a_worker_that_ends_under_an_event_fails_its_delivery_and_the_next_one_waits(
    webhook: Webhook,
) -> None:
    assert webhook.ask("dies", [BLOB_CREATED]).status == 500
    assert webhook.ask("on_event", [BLOB_CREATED]).status == 202
