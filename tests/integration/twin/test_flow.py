"""A message of a device, from the hub to everywhere that it is kept, shown and told of."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tests.integration.twin.resources import Resources
from tests.integration.twin.served import Answered, ServedTwin, telemetry, until

from funcyard.twin.contract import settings as s
from funcyard.twin.contract.devices import DeviceInfo

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

_DEVICE_BOUND = "/messages/devicebound"


def _kept(twin: ServedTwin, resources: Resources, device: str, time: str) -> list[dict[str, Any]]:
    query = "SELECT * FROM c WHERE c.id = @time"
    found = resources.hot(twin.settings[s.COSMOS_CONTAINER]).query_items(
        query, parameters=[{"name": "@time", "value": time}], partition_key=device
    )
    return [{name: one[name] for name in one if not name.startswith("_")} for one in found]


def test_a_reading_is_kept_once_however_often_it_is_delivered(
    served_twin: ServedTwin, resources: Resources
) -> None:
    told = {"temperature": -19.5, "doorOpen": False, "time": "2026-11-20T11:00:00+01:00"}
    for _ in range(2):
        assert served_twin.deliver("l1", "dispatcher", telemetry("cold-room-1", told)) == 202

    time = "2026-11-20T10:00:00.000Z"
    assert _kept(served_twin, resources, "cold-room-1", time) == [
        {"id": time, "iotDeviceId": "cold-room-1", "temperature": -19.5, "doorOpen": False}
    ]


def test_readings_of_two_devices_at_one_moment_are_two(
    served_twin: ServedTwin, resources: Resources
) -> None:
    time = "2026-11-20T10:00:01.000Z"
    for device, told in (("cold-room-1", {"humidity": 80}), ("compressor", {"starts": 3})):
        data = telemetry(device, {**told, "time": time})
        assert served_twin.deliver("l1", "dispatcher", data) == 202

    kept = [
        one
        for device in ("cold-room-1", "compressor")
        for one in _kept(served_twin, resources, device, time)
    ]
    assert kept == [
        {"id": time, "iotDeviceId": "cold-room-1", "humidity": 80},
        {"id": time, "iotDeviceId": "compressor", "starts": 3},
    ]


def test_a_reading_without_a_time_has_that_of_the_hub_whenever_it_is_delivered(
    served_twin: ServedTwin, resources: Resources
) -> None:
    told = base64.b64encode(json.dumps({"humidity": 77, "time": ""}).encode()).decode()
    data = telemetry("cold-room-1", told, taken="2026-11-20T10:00:02.123Z")
    for _ in range(2):
        assert served_twin.deliver("l1", "dispatcher", data) == 202

    assert len(_kept(served_twin, resources, "cold-room-1", "2026-11-20T10:00:02.123Z")) == 1


def test_code_of_the_owner_makes_what_is_kept_and_shown(
    served_twin: ServedTwin, resources: Resources
) -> None:
    time = "2026-11-20T10:00:03.000Z"
    data = telemetry("cold-room-2", {"temperature": -4.0, "time": time})
    for layer, name in (("l1", "dispatcher"), ("l4", "adt-updater")):
        assert served_twin.deliver(layer, name, data) == 202

    kept = _kept(served_twin, resources, "cold-room-2", time)
    assert [one["temperature"] for one in kept] == [-20.0]
    shown = resources.twin("cold-room-2")
    assert shown["temperature"] == -20.0
    assert shown["$metadata"]["temperature"]["sourceTime"] == time


def test_an_older_reading_never_hides_a_newer_one(
    served_twin: ServedTwin, resources: Resources
) -> None:
    told = (("2026-11-20T10:00:05Z", 4), ("2026-11-20T10:00:04Z", 3), ("2026-11-20T10:00:06Z", 5))
    shown = []
    for time, starts in told:
        data = telemetry("compressor", {"starts": starts, "time": time})
        assert served_twin.deliver("l4", "adt-updater", data) == 202
        shown.append(resources.twin("compressor")["starts"])

    assert shown == [4, 4, 5]


def test_an_event_runs_its_action_and_tells_the_device(
    served_twin: ServedTwin, resources: Resources
) -> None:
    told = {"temperature": -3, "doorOpen": True, "time": "2026-11-20T10:00:07Z"}
    assert served_twin.deliver("l1", "dispatcher", telemetry("cold-room-1", told)) == 202

    assert "'alarm': 'too warm', 'where': 'cold-room-1'" in served_twin.log("l2")
    device = resources.hub.registry().get_device("cold-room-1")
    answer = until(lambda: _message(resources, device))
    assert answer.json() == {"signal": "close the door"}
    assert answer.headers["iothub-app-topic"] == "cold-room-1/feedback"


def test_an_event_of_other_devices_takes_what_their_twins_show(
    served_twin: ServedTwin, resources: Resources
) -> None:
    resources.renew_twin("cold-room-1")
    power = {"powerWatts": 6500, "time": "2026-11-20T10:00:08Z"}
    before = len(served_twin.notified)

    first = served_twin.call("l2", "event-checker", {"iotDeviceId": "compressor", **power})
    door = {"doorOpen": False, "time": "2026-11-20T10:00:09Z"}
    served_twin.deliver("l4", "adt-updater", telemetry("cold-room-1", door))
    second = served_twin.call("l2", "event-checker", {"iotDeviceId": "compressor", **power})

    outcomes = [[one["outcome"] for one in told.body["results"]] for told in (first, second)]
    assert outcomes == [
        ["not-concerned", "not-concerned", "unknown"],
        ["not-concerned", "not-concerned", "happened"],
    ]
    assert [one["reading"]["powerWatts"] for one in served_twin.notified[before:]] == [6500]


@pytest.mark.parametrize(
    "data",
    [
        telemetry("cold-room-1", {"iotDeviceId": "compressor", "starts": 1}),
        telemetry("cold-room-1", "not base64"),
        telemetry("cold-room-1", {"time": "yesterday", "humidity": 1}),
        telemetry("cold-room-1", {}),
        {"body": {"humidity": 1}, "systemProperties": {}},
        {},
    ],
)
def test_what_is_no_reading_is_dropped_and_told(served_twin: ServedTwin, data: object) -> None:
    before = served_twin.log("l1").count("dropped: ")

    assert served_twin.deliver("l1", "dispatcher", data) == 202
    until(lambda: served_twin.log("l1").count("dropped: ") == before + 1)


def test_a_device_that_the_twin_does_not_have_is_kept_and_not_shown(
    served_twin: ServedTwin, resources: Resources
) -> None:
    data = telemetry("newcomer", {"temperature": 1, "time": "2026-11-20T10:02:00Z"})

    delivered = [
        served_twin.deliver(*where, data) for where in (("l1", "dispatcher"), ("l4", "adt-updater"))
    ]

    assert delivered == [202, 202]
    assert len(_kept(served_twin, resources, "newcomer", "2026-11-20T10:02:00.000Z")) == 1
    until(lambda: "dropped: the twin has no device of that name" in served_twin.log("l4"))


def test_a_device_that_comes_is_served_by_the_apps_that_run(
    served_twin: ServedTwin, resources: Resources
) -> None:
    running = [app.process.pid for app in served_twin.apps.values() if app.process]
    asked = {"entityId": "room-three"}
    assert served_twin.call("l3", "hot-reader-last-entry", asked).status == 404

    model = {"$model": "dtmi:coldstorage:ColdRoom;1"}
    resources.put_twin({"$dtId": "room-three", "$metadata": model})
    comes = DeviceInfo("cold-room-3", "room-three", {"temperature": "DOUBLE"})
    resources.tell_of(comes, served_twin.settings[s.INFO_CONTAINER])
    data = telemetry("cold-room-3", {"temperature": -21.0, "time": "2026-11-20T10:03:00Z"})
    for where in (("l1", "dispatcher"), ("l4", "adt-updater")):
        assert served_twin.deliver(*where, data) == 202

    time = "2026-11-20T10:03:00.000Z"
    assert len(_kept(served_twin, resources, "cold-room-3", time)) == 1
    assert resources.twin("room-three")["temperature"] == -21.0
    told = until(lambda: _found(served_twin.call("l3", "hot-reader-last-entry", asked)))
    assert told["propertyValues"]["temperature"]["propertyValue"] == {"DoubleValue": -21.0}
    assert [app.process.pid for app in served_twin.apps.values() if app.process] == running


def test_a_device_that_does_not_measure_as_its_twin_says_is_dropped_there(
    served_twin: ServedTwin, resources: Resources
) -> None:
    data = telemetry("compressor", {"starts": "many", "time": "2026-11-20T10:01:00Z"})

    assert served_twin.deliver("l4", "adt-updater", data) == 202
    until(lambda: "dropped: the twin's model does not take these values" in served_twin.log("l4"))
    assert resources.twin("compressor").get("starts") != "many"


@pytest.mark.parametrize(
    ("layer", "name", "parameters"),
    [
        ("l2", "default-processor", {}),
        ("l2", "persister", {}),
        ("l2", "event-checker", {}),
        ("l2", "event-feedback", {}),
        ("l2", "event-action", {"name": "raise-alarm"}),
        ("l2", "processor_wrapper", {"device": "cold-room-2"}),
        ("l4", "digital-twin-data-connector", {}),
        ("l3", "hot-reader", {}),
        ("l3", "hot-reader-last-entry", {}),
    ],
)
def test_nobody_is_let_in_without_key_or_token(
    served_twin: ServedTwin, layer: str, name: str, parameters: dict[str, str]
) -> None:
    for shown in ({}, {"X-Inter-Cloud-Token": "guessed"}, {"x-functions-key": "guessed"}):
        assert served_twin.call(layer, name, {}, headers=shown, **parameters).status == 401


@pytest.mark.parametrize(
    ("layer", "name", "body", "status", "error"),
    [
        ("l2", "persister", b"{", 400, "bad-request"),
        ("l2", "persister", [1], 400, "bad-request"),
        ("l2", "persister", {"iotDeviceId": "../x", "a": 1}, 400, "bad-request"),
        ("l2", "persister", {"iotDeviceId": "d", "a": "\ud800"}, 400, "bad-request"),
        ("l2", "event-feedback", {"detail": {"iotDeviceId": "x", "payload": {}}}, 404, "not-found"),
        ("l2", "event-feedback", {}, 400, "bad-request"),
        ("l3", "hot-reader", {}, 400, "bad-request"),
        ("l3", "hot-reader", {"entityId": "cold-room-9"}, 404, "not-found"),
        ("l3", "hot-reader", {"entityId": "compressor", "maxResults": 0}, 400, "bad-request"),
        ("l3", "hot-reader", {"entityId": "compressor", "startTime": "x"}, 400, "bad-request"),
        ("l3", "hot-reader-last-entry", b"no JSON", 400, "bad-request"),
        ("l4", "digital-twin-data-connector", {"entityId": "cold-room-9"}, 404, "not-found"),
        ("l4", "digital-twin-data-connector", {"entityId": 5}, 400, "bad-request"),
    ],
)
def test_what_cannot_be_answered_is_told_as_an_error(
    served_twin: ServedTwin, layer: str, name: str, body: object, status: int, error: str
) -> None:
    answer = served_twin.call(layer, name, body)

    assert (answer.status, answer.body["error"]) == (status, error)
    assert set(answer.body) == {"error", "message"}


def test_code_that_fails_is_told_without_what_it_raised(served_twin: ServedTwin) -> None:
    body = {"iotDeviceId": "cold-room-2", "temperature": "warm"}

    answer = served_twin.call("l2", "processor_wrapper", body, device="cold-room-2")

    assert answer.status == 500
    assert answer.body == {
        "error": "user-code-failed",
        "message": "the code of cold-room-2 failed; the log says why",
    }
    until(lambda: "TypeError" in served_twin.log("l2"))


def test_readings_are_told_page_by_page_and_of_their_types(served_twin: ServedTwin) -> None:
    for second in range(5):
        reading = {"powerWatts": 100 + second, "time": f"2026-11-20T12:00:0{second}Z"}
        served_twin.call("l2", "persister", {"iotDeviceId": "compressor", **reading})
    asked: dict[str, object] = {
        "entityId": "compressor",
        "componentName": "motor",
        "startTime": "2026-11-20T12:00:01Z",
        "endTime": "2026-11-20T12:00:04Z",
        "selectedProperties": ["powerWatts"],
        "maxResults": 3,
    }

    for layer, name in (("l3", "hot-reader"), ("l4", "digital-twin-data-connector")):
        first = served_twin.call(layer, name, asked)
        more = {"nextToken": first.body.pop("nextToken")}
        second_page = served_twin.call(layer, name, {**asked, **more})

        assert (first.status, second_page.status) == (200, 200)
        assert first.body == {
            "propertyValues": [
                {
                    "entityPropertyReference": {
                        "entityId": "compressor",
                        "componentName": "motor",
                        "propertyName": "powerWatts",
                    },
                    "values": [
                        {"time": f"2026-11-20T12:00:0{n}.000Z", "value": {"DoubleValue": 100 + n}}
                        for n in (1, 2, 3)
                    ],
                }
            ]
        }
        (values,) = second_page.body["propertyValues"]
        assert [one["value"] for one in values["values"]] == [{"DoubleValue": 104}]
        assert "nextToken" not in second_page.body


def test_the_last_reading_is_told_to_dashboards_too(served_twin: ServedTwin) -> None:
    reading = {"iotDeviceId": "compressor", "state": "idle", "time": "2026-11-21T00:00:00Z"}
    served_twin.call("l2", "persister", reading)
    query = "?entityId=compressor&selectedProperties=state,starts"

    told = [
        served_twin.call("l3", "hot-reader-last-entry", method="GET", query=query),
        served_twin.call(
            "l4", "digital-twin-data-connector-last-entry", {"entityId": "compressor"}
        ),
    ]

    for answer in told:
        assert answer.body == {
            "propertyValues": {
                "state": {
                    "propertyReference": {"entityId": "compressor", "propertyName": "state"},
                    "propertyValue": {"StringValue": "idle"},
                    "time": "2026-11-21T00:00:00.000Z",
                }
            }
        }


def _found(answer: Answered) -> Any:  # noqa: ANN401 - JSON
    return answer.body if answer.status == 200 else None


def _message(resources: Resources, device: Any) -> Any:  # noqa: ANN401 - it has no types
    answer = resources.hub.as_device(device, "GET", _DEVICE_BOUND)
    return answer if answer.status_code == 200 else None
