"""Readings that have become old: from hot storage to cold, and from there to the archive."""

from __future__ import annotations

import json
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.pipeline.transport import AioHttpTransport
from azure.storage.blob import ContainerClient
from tests.fault_proxy import Fault, FaultProxy, Request
from tests.integration.twin.resources import Resources
from tests.integration.twin.served import App, ServedTwin, served
from tests.unit.twin.twins import EXAMPLE

from funcyard.twin.config.reading import read_twin
from funcyard.twin.contract import settings as s
from funcyard.twin.contract.telemetry import Telemetry
from funcyard.twin.contract.times import write_time
from funcyard.twin.providers.azure.azure_functions.shared.blobs import blob_store

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

_DEVICES = ("cold-room-1", "cold-room-2")


class Storage:
    """Hot, cold and archive storage of a twin."""

    def __init__(self, twin: ServedTwin, resources: Resources) -> None:
        self.twin = twin
        self.hot: Any = resources.hot(twin.settings[s.COSMOS_CONTAINER])
        blobs = resources.blobs
        self.cold = blobs.get_container_client(twin.settings[s.COLD_CONTAINER])
        self.archive = blobs.get_container_client(twin.settings[s.ARCHIVE_CONTAINER])

    def clear(self) -> None:
        for one in list(self.hot.read_all_items()):
            self.hot.delete_item(one["id"], one["iotDeviceId"])
        for container in (self.cold, self.archive):
            for name in list(container.list_blob_names()):
                container.delete_blob(name)

    def keep(self, device: str, time: datetime, **values: object) -> str:
        """Put a reading into hot storage; return its time."""
        written = write_time(time)
        self.hot.upsert_item({"id": written, "iotDeviceId": device, **values})
        return written

    def fill(self, count: int, *, days: int) -> list[tuple[str, str]]:
        """Put readings of two devices into hot storage; return who made them, and when."""
        start = datetime.now(UTC) - timedelta(days=days)
        return [
            (device, self.keep(device, start + timedelta(seconds=second), temperature=second))
            for device in _DEVICES
            for second in range(count)
        ]

    def hot_readings(self) -> Counter[tuple[str, str]]:
        return Counter((one["iotDeviceId"], one["id"]) for one in self.hot.read_all_items())

    def cold_readings(self) -> Counter[tuple[str, str]]:
        return Counter(
            (one["iotDeviceId"], one["time"])
            for name in self.cold.list_blob_names()
            for one in content(self.cold, name)
        )


def content(container: ContainerClient, name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(container.download_blob(name).readall())


@pytest.fixture(scope="module")
def moving_twin(
    resources: Resources, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedTwin]:
    """The example, of which only L3 is served."""
    folder = tmp_path_factory.mktemp("moving")
    twin = read_twin(EXAMPLE).twin
    with served(twin, resources, "moving", folder, only=("l3",)) as found:
        yield found


@pytest.fixture
def storage(moving_twin: ServedTwin, resources: Resources) -> Storage:
    made = Storage(moving_twin, resources)
    made.clear()
    return made


def test_what_is_old_moves_and_what_is_not_stays(storage: Storage) -> None:
    old = storage.fill(3, days=8)
    young = storage.keep("cold-room-1", datetime.now(UTC) - timedelta(days=6), temperature=1)

    assert storage.twin.run("l3", "hot-to-cold-mover")["data"]["ok"]

    assert storage.hot_readings() == Counter([("cold-room-1", young)])
    assert storage.cold_readings() == Counter(old)
    names = sorted(storage.cold.list_blob_names())
    times = [time for device, time in old if device == "cold-room-1"]
    assert names[0] == f"cold-room-1/{times[0]}-{times[-1]}/chunk-00000.json"
    assert content(storage.cold, names[0])[1] == {
        "iotDeviceId": "cold-room-1", "time": times[1], "temperature": 1
    }  # fmt: skip
    assert {str(one.blob_tier) for one in storage.cold.list_blobs()} == {"Cool"}


def test_what_is_older_moves_on_to_the_archive_under_its_name(storage: Storage) -> None:
    storage.fill(2, days=91)
    storage.twin.run("l3", "hot-to-cold-mover")
    storage.fill(2, days=20)
    storage.twin.run("l3", "hot-to-cold-mover")
    before = sorted(storage.cold.list_blob_names())

    assert storage.twin.run("l3", "cold-to-archive-mover")["data"]["ok"]

    archived = {one.name: str(one.blob_tier) for one in storage.archive.list_blobs()}
    assert set(archived.values()) == {"Archive"}
    assert len(archived) == 2
    assert sorted([*archived, *storage.cold.list_blob_names()]) == before


@pytest.mark.parametrize("deleted", [0, 1, 3])
def test_a_mover_that_was_killed_doubles_nothing(storage: Storage, deleted: int) -> None:
    old = storage.fill(4, days=8)
    kept = list(storage.hot.read_all_items())
    storage.twin.run("l3", "hot-to-cold-mover")
    for device in _DEVICES:
        again = sorted((one for one in kept if one["iotDeviceId"] == device), key=_id)[deleted:]
        for one in again:
            storage.hot.upsert_item({name: one[name] for name in one if name[0] != "_"})

    late = storage.keep("cold-room-1", datetime.now(UTC) - timedelta(days=8, hours=-1), humidity=9)
    assert storage.twin.run("l3", "hot-to-cold-mover")["data"]["ok"]

    assert storage.cold_readings() == Counter([*old, ("cold-room-1", late)])
    assert not storage.hot_readings()


def test_a_copy_that_was_not_marked_as_archived_yet_is_not_made_twice(storage: Storage) -> None:
    storage.fill(2, days=91)
    storage.twin.run("l3", "hot-to-cold-mover")
    for name in storage.cold.list_blob_names():
        copy = storage.cold.download_blob(name).readall()
        storage.archive.upload_blob(name, copy)

    assert storage.twin.run("l3", "cold-to-archive-mover")["data"]["ok"]

    assert {str(one.blob_tier) for one in storage.archive.list_blobs()} == {"Archive"}
    assert len(list(storage.archive.list_blob_names())) == len(_DEVICES)
    assert not list(storage.cold.list_blob_names())


def test_a_device_that_fails_keeps_none_of_the_others_from_moving(storage: Storage) -> None:
    (_, time), *_ = storage.fill(2, days=8)
    storage.cold.upload_blob(f"cold-room-1/{time}-{time}/chunk-00000.json", b"no readings")

    ended = storage.twin.run("l3", "hot-to-cold-mover")

    assert not ended["data"]["ok"]
    assert "not everything was moved: cold-room-1 (a blob does not hold" in ended["message"]
    assert {device for device, _ in storage.hot_readings()} == {"cold-room-1"}


def test_a_blob_that_is_not_a_twin_s_keeps_no_other_from_the_archive(storage: Storage) -> None:
    (_, time), *_ = storage.fill(2, days=91)
    storage.twin.run("l3", "hot-to-cold-mover")
    large = f"cold-room-1/{time}-{time}/chunk-00009.json"
    storage.cold.upload_blob(large, bytes(17 * 1024 * 1024))
    storage.cold.upload_blob("of/others.json", b"{}")

    ended = storage.twin.run("l3", "cold-to-archive-mover")

    assert not ended["data"]["ok"]
    assert "not everything was moved: cold-room-1 (a blob is larger" in ended["message"]
    assert {name.partition("/")[0] for name in storage.cold.list_blob_names()} == {
        "cold-room-1",
        "of",
    }


def test_nothing_in_the_archive_is_ever_overwritten(storage: Storage) -> None:
    storage.fill(1, days=91)
    storage.twin.run("l3", "hot-to-cold-mover")
    first, second = sorted(storage.cold.list_blob_names())
    storage.archive.upload_blob(first, b"another's")

    assert storage.twin.run("l3", "cold-to-archive-mover")["data"]["ok"]

    moved = first.replace("chunk-00000", "chunk-00001")
    assert sorted(storage.archive.list_blob_names()) == [first, moved, second]
    assert storage.archive.download_blob(first).readall() == b"another's"


def test_what_a_killed_mover_wrote_stays_until_hot_storage_let_go_of_it(
    storage: Storage, resources: Resources
) -> None:
    """So nothing is lost, and nothing is there twice, though the other mover runs in between."""
    old = storage.fill(4, days=91)
    killed_after_writing(storage.twin.app("l3"), storage, resources)
    assert storage.hot_readings() == Counter(old)
    late = ("cold-room-1", storage.keep("cold-room-1", days_ago(92), humidity=9))

    assert storage.twin.run("l3", "cold-to-archive-mover")["data"]["ok"]
    assert not list(storage.archive.list_blob_names())

    assert storage.twin.run("l3", "hot-to-cold-mover")["data"]["ok"]
    assert storage.cold_readings() == Counter([*old, late])
    assert not storage.hot_readings()

    assert storage.twin.run("l3", "cold-to-archive-mover")["data"]["ok"]
    assert not list(storage.cold.list_blob_names())


async def test_a_blob_that_is_held_again_while_it_is_copied_is_not_deleted(
    storage: Storage, resources: Resources
) -> None:
    reading = Telemetry("cold-room-1", write_time(days_ago(91)), {"temperature": 1})
    connection, container = resources.blob_connection, storage.cold.container_name
    async with AioHttpTransport() as transport:
        cold = blob_store(transport, connection, container)
        await cold.add(reading.device, [reading])
        (before,) = [one async for one in cold.listed()]

        await cold.add(reading.device, [reading], held=True)
        assert not await cold.delete(before)

        (again,) = [one async for one in cold.listed()]
        assert again.is_held
        assert await cold.delete(again)
    assert not list(storage.cold.list_blob_names())


def killed_after_writing(app: App, storage: Storage, resources: Resources) -> None:
    """Let a mover from hot storage be killed once it wrote a blob, and start its app anew."""
    host = resources.blob_connection.partition("BlobEndpoint=")[2]
    written = threading.Event()

    def end(request: Request) -> Fault | None:
        if request.method == "GET" and "/chunk-" in request.target:
            written.set()
        return Fault.TORN_BEFORE if written.is_set() else None

    with FaultProxy(host, plan=end) as proxy:
        app.stop()
        before = app.settings[s.BLOB_CONNECTION]
        app.settings[s.BLOB_CONNECTION] = before.replace(host, proxy.url)
        app.start()
        storage.twin.begin("l3", "hot-to-cold-mover")
        assert written.wait(30)
        app.stop(signal.SIGKILL)
    app.settings[s.BLOB_CONNECTION] = before
    app.start()


def days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def _id(item: dict[str, Any]) -> str:
    return str(item["id"])
