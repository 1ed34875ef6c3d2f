"""A twin whose neighbouring layers all lie in different clouds: everything crosses a boundary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.integration.twin.resources import Resources
from tests.integration.twin.served import ServedTwin, served, telemetry
from tests.unit.twin.twins import changed, copied

from funcyard.twin.boundaries import boundaries
from funcyard.twin.config.reading import read_twin
from funcyard.twin.contract import settings as s
from funcyard.twin.contract.envelopes import Envelope, MessageType
from funcyard.twin.contract.times import write_time

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

_CLOUDS = {
    "layer_1_provider": "azure",
    "layer_2_provider": "azure:plant",
    "layer_3_hot_provider": "azure:store",
    "layer_3_cold_provider": "azure",
    "layer_3_archive_provider": "azure:plant",
    "layer_4_provider": "azure",
}
_CREDENTIALS = {
    "azure_subscription_id": "env:AZURE_SUBSCRIPTION_ID",
    "azure_region": "westeurope",
}


@pytest.fixture(scope="module")
def twin(resources: Resources, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedTwin]:
    root: Path = tmp_path_factory.mktemp("boundaries")
    folder = copied(root)
    for slot, cloud in _CLOUDS.items():
        changed(folder, "config_providers.json", (slot,), cloud)
        changed(folder, "config_credentials.json", (cloud,), _CREDENTIALS)
    read = read_twin(folder).twin
    assert len(boundaries(read.providers)) == 6
    with served(read, resources, "three", root / "served") as found:
        yield found


def test_a_reading_crosses_every_boundary(twin: ServedTwin, resources: Resources) -> None:
    time = write_time(datetime.now(UTC) - timedelta(days=91))
    data = telemetry("cold-room-2", {"temperature": 5.0, "time": time})
    hot: Any = resources.hot(twin.settings[s.COSMOS_CONTAINER])
    cold, archive = (
        resources.blobs.get_container_client(twin.settings[name])
        for name in (s.COLD_CONTAINER, s.ARCHIVE_CONTAINER)
    )

    resources.renew_twin("cold-room-2")
    asked = {"entityId": "cold-room-2", "selectedProperties": ["temperature"]}

    assert twin.deliver("l1", "dispatcher", data) == 202
    kept = [(one["iotDeviceId"], one["id"], one["temperature"]) for one in hot.read_all_items()]
    shown = resources.twin("cold-room-2")
    history = twin.call("l4", "digital-twin-data-connector", asked)
    last = twin.call("l4", "digital-twin-data-connector-last-entry", asked)
    to_cold = twin.run("l3", "hot-to-cold-mover", cloud="azure:store")
    in_cold = list(cold.list_blob_names())
    to_archive = twin.run("l3", "cold-to-archive-mover")

    assert kept == [("cold-room-2", time, -15.0)]
    assert shown["$metadata"]["temperature"]["sourceTime"] == time
    (values,) = history.body["propertyValues"]
    assert values["values"] == [{"time": time, "value": {"DoubleValue": -15.0}}]
    assert last.body["propertyValues"]["temperature"]["propertyValue"] == {"DoubleValue": -15.0}
    assert (to_cold["data"]["ok"], to_archive["data"]["ok"]) == (True, True)
    assert in_cold == [f"cold-room-2/{time}-{time}/chunk-00000.json"]
    assert [one.name for one in archive.list_blobs()] == in_cold
    assert not list(cold.list_blob_names())
    assert not list(hot.read_all_items())


@pytest.mark.parametrize(
    ("cloud", "receiver"),
    [
        ("azure:plant", "ingestion"),
        ("azure:store", "hot-writer"),
        ("azure", "cold-writer"),
        ("azure:plant", "archive-writer"),
        ("azure", "adt-pusher"),
        ("azure:store", "hot-reader"),
        ("azure:store", "hot-reader-last-entry"),
    ],
)
def test_a_receiver_lets_nobody_in_without_its_token_and_takes_envelopes_only(
    twin: ServedTwin, cloud: str, receiver: str
) -> None:
    for shown in ({}, {"X-Inter-Cloud-Token": "guessed"}):
        refused = twin.call("l0", receiver, {"payload": {}}, cloud=cloud, headers=shown)
        assert (refused.status, refused.body["error"]) == (401, "token-refused")

    answer = twin.call("l0", receiver, {"payload": {}}, cloud=cloud)
    assert (answer.status, answer.body["error"]) == (400, "bad-request")


def test_a_chunk_that_arrives_several_times_at_once_is_kept_once(
    twin: ServedTwin, resources: Resources
) -> None:
    cold = resources.blobs.get_container_client(twin.settings[s.COLD_CONTAINER])
    times = [f"2026-01-01T00:00:0{second}.000Z" for second in range(5)]
    readings = [{"iotDeviceId": "compressor", "time": time, "starts": 1} for time in times]
    envelope = Envelope(
        "azure:store", "layer_3_cold_provider", "chunk", times[0], "t", {"items": readings}
    )

    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(twin.call, "l0", "cold-writer", envelope.as_json()) for _ in range(4)]
        answers = [one.result() for one in sent]

    kept = [
        reading
        for name in cold.list_blob_names(name_starts_with="compressor/")
        for reading in json.loads(cold.download_blob(name).readall())
    ]
    assert [one.body["count"] for one in answers] == [5] * 4
    assert len({one.body["digest"] for one in answers}) == 1
    assert kept == readings


def test_what_is_held_for_another_cloud_is_not_archived_until_it_is_released(
    twin: ServedTwin, resources: Resources
) -> None:
    cold = resources.blobs.get_container_client(twin.settings[s.COLD_CONTAINER])
    time = "2026-01-02T00:00:00.000Z"
    item = {"iotDeviceId": "cold-room-1", "time": time, "temperature": 1}

    def told(kind: MessageType, payload: object) -> int:
        envelope = Envelope("azure:store", "layer_3_cold_provider", kind, time, "t", payload)
        return twin.call("l0", "cold-writer", envelope.as_json()).status

    def kept() -> int:
        assert twin.run("l3", "cold-to-archive-mover")["data"]["ok"]
        return len(list(cold.list_blob_names(name_starts_with="cold-room-1/")))

    later = {"before": "2026-01-03T00:00:00Z", "except": []}
    assert told("chunk", {"items": [item], "held": True}) == 200
    assert told("release", {**later, "before": time}) == 200
    assert told("release", {**later, "except": ["cold-room-1"]}) == 200
    assert told("release", {"before": "later"}) == 400
    assert kept() == 1

    assert told("release", later) == 200
    assert kept() == 0


def test_a_reading_that_its_receiver_does_not_take_is_not_sent_for_ever(twin: ServedTwin) -> None:
    body = {"iotDeviceId": "compressor", "starts": 1}

    answer = twin.call("l1", "connector", {**body, "time": "no time"})

    assert (answer.status, answer.body["error"]) == (400, "bad-request")
