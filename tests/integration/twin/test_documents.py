"""What functions know of devices: read seldom, never old for long, never guessed."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from azure.storage.blob import ContainerClient
from azure.storage.blob.aio import BlobServiceClient
from tests.fault_proxy import Fault, FaultProxy, Request
from tests.integration.twin.resources import Resources
from tests.integration.twin.served import telemetry

from funcyard.azure.storage import StorageAccount
from funcyard.twin.contract import devices as contract
from funcyard.twin.contract import settings as s
from funcyard.twin.contract.devices import DeviceInfo
from funcyard.twin.contract.info import TwinInfo
from funcyard.twin.providers.azure import azure_functions
from funcyard.twin.providers.azure.azure_functions.shared.arriving import Arrived
from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
from funcyard.twin.providers.azure.azure_functions.shared.devices import Devices
from funcyard.twin.providers.azure.azure_functions.shared.documents import (
    ABSENT_SECONDS,
    FRESH_SECONDS,
    Documents,
)
from funcyard.twin.providers.azure.azure_functions.shared.faults import UnreadableError
from funcyard.twin.providers.azure.azure_functions.shared.services import Services

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

_ROOM = DeviceInfo("room", "Room 1", {"temperature": "DOUBLE"})
_COMPRESSOR = DeviceInfo("compressor", "compressor", {"starts": "INTEGER"}, has_processor=True)


@dataclass
class Reader:
    """Documents, read through a proxy, by a clock that a test moves.

    Attributes:
        proxy: What counts requests, and loses them.
        container: Where the documents are.
        documents: Those of that container.
        now: The time.
        pauses: How long was waited before each further attempt.
    """

    proxy: FaultProxy
    container: ContainerClient
    service: BlobServiceClient
    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.documents = self.of(self.container.container_name)
        self.devices = Devices(self.documents)

    def of(self, container: str) -> Documents:
        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        where = self.service.get_container_client(container)
        return Documents(where, lambda: self.now, pause)

    def put(self, name: str, content: bytes) -> None:
        self.container.upload_blob(name, content, overwrite=True)

    def asked(self) -> int:
        """Return how many requests came since this was asked last."""
        count = len(self.proxy.seen)
        self.proxy.seen.clear()
        return count

    def lose(self, faults: Callable[[Request], Fault | None] | None) -> None:
        self.proxy.plan = faults


@pytest.fixture(scope="module")
def container(resources: Resources) -> ContainerClient:
    name = resources.of("documents")[s.INFO_CONTAINER]
    for device in (_ROOM, _COMPRESSOR):
        resources.tell_of(device, name)
    return resources.blobs.get_container_client(name)


@pytest.fixture
async def reader(container: ContainerClient, resources: Resources) -> AsyncIterator[Reader]:
    account = StorageAccount.from_connection_string(resources.blob_connection)
    key: Any = {"account_name": account.name, "account_key": account.key}
    with FaultProxy(account.endpoints["blob"]) as proxy:
        async with BlobServiceClient(proxy.url, credential=key, retry_total=0) as service:
            yield Reader(proxy, container, service)


async def test_a_document_is_fetched_once_and_then_asked_for_by_its_etag(reader: Reader) -> None:
    reader.put("a", b"first")
    assert [await reader.documents.read("a") for _ in range(3)] == [b"first"] * 3
    assert reader.asked() == 1
    reader.now += FRESH_SECONDS
    assert [await reader.documents.read("a") for _ in range(3)] == [b"first"] * 3
    assert "if-none-match" in reader.proxy.seen[0].headers
    assert reader.asked() == 1


async def test_what_changed_or_went_is_known_after_some_seconds(reader: Reader) -> None:
    reader.put("b", b"first")
    assert await reader.documents.read("b") == b"first"
    reader.put("b", b"second")
    reader.now += FRESH_SECONDS
    assert await reader.documents.read("b") == b"second"
    reader.container.delete_blob("b")
    reader.now += FRESH_SECONDS
    assert await reader.documents.read("b") is None


async def test_what_has_just_been_made_is_known_after_a_second(reader: Reader) -> None:
    assert [await reader.documents.read("late") for _ in range(3)] == [None] * 3
    assert reader.asked() == 1
    reader.put("late", b"here")
    reader.now += ABSENT_SECONDS
    assert await reader.documents.read("late") == b"here"


async def test_many_who_ask_at_once_ask_storage_once(reader: Reader) -> None:
    reader.put("c", b"many")
    asking = [asyncio.create_task(reader.documents.read("c")) for _ in range(50)]
    await asyncio.sleep(0)
    asking[0].cancel()
    told = await asyncio.gather(*asking[1:])
    assert set(told) == {b"many"}
    assert reader.asked() == 1


@pytest.mark.parametrize("fault", [Fault.BUSY_503, Fault.REFUSED_500])
async def test_storage_that_fails_for_a_moment_is_asked_again(reader: Reader, fault: Fault) -> None:
    reader.put("d", b"there")
    reader.lose(lambda request: fault if request.number < 2 else None)
    assert await reader.documents.read("d") == b"there"
    assert reader.pauses == [1, 2]


@pytest.mark.parametrize("fault", [Fault.TORN_BEFORE, Fault.TORN_BODY])
async def test_an_answer_that_is_torn_off_is_asked_for_again(reader: Reader, fault: Fault) -> None:
    reader.put("e", b"whole")
    reader.lose(lambda request: fault if request.number < 2 else None)
    assert await reader.documents.read("e") == b"whole"


async def test_storage_that_is_away_is_never_taken_for_a_device_that_is_not_there(
    reader: Reader,
) -> None:
    assert await reader.devices.of("room") == _ROOM
    reader.lose(lambda _: Fault.TORN_BEFORE)
    reader.now += FRESH_SECONDS
    for device in ("room", "nobody"):
        with pytest.raises(UnreadableError) as caught:
            await reader.devices.of(device)
        assert (caught.value.status, caught.value.was_retried) == (503, True)
    reader.lose(None)
    assert await reader.devices.of("room") == _ROOM
    assert await reader.devices.of("nobody") is None


async def test_a_container_that_is_not_there_says_nothing_of_any_device(reader: Reader) -> None:
    with pytest.raises(UnreadableError):
        await Devices(reader.of("no-such-container")).of("nobody")


async def test_a_device_is_called_by_its_id_or_by_its_twin(reader: Reader) -> None:
    called = [await reader.devices.called(one) for one in ("room", "Room 1", "compressor", "hall")]
    assert called == [_ROOM, _ROOM, _COMPRESSOR, None]


async def test_a_twin_that_shows_another_device_by_now_is_not_mistaken(reader: Reader) -> None:
    reader.put(contract.shown_in("Room 9"), reader.container.download_blob(
        contract.shown_in("Room 1")).readall())  # fmt: skip
    assert await reader.devices.called("Room 9") is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"shape": 9}', b'{"shape": 1, "id": "x"}'])
async def test_a_description_that_is_none_is_no_device_and_no_absence(
    reader: Reader, content: bytes
) -> None:
    reader.put(contract.described_in("odd"), content)
    with pytest.raises(UnreadableError):
        await reader.devices.of("odd")


async def test_events_are_delivered_again_where_nobody_can_say_what_their_device_is(
    reader: Reader,
) -> None:
    services = _services(reader)
    when = datetime(2026, 11, 20, tzinfo=UTC)
    event = Arrived("e", when, telemetry("room", {"temperature": 1.0}))
    for name in ("dispatcher", "adt-updater"):
        with pytest.raises(UnreadableError):
            await _module(name).take(event, services)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("event-feedback", {"detail": {"iotDeviceId": "room", "payload": {}}}),
        ("hot-reader", {"entityId": "room"}),
        ("hot-reader-last-entry", {"entityId": "room"}),
        ("processor_wrapper", {"iotDeviceId": "room", "temperature": 1.0}),
        ("event-checker", {"iotDeviceId": "room", "temperature": 1.0}),
        ("adt-pusher", None),
    ],
)
async def test_callers_are_told_that_it_cannot_be_told(
    reader: Reader, name: str, body: object
) -> None:
    envelope = {
        "source_cloud": "azure",
        "target_layer": "layer_4_provider",
        "message_type": "telemetry",
        "timestamp": "2026-11-20T10:00:00Z",
        "trace_id": "t",
        "payload": {"iotDeviceId": "room", "temperature": 1.0},
    }
    with pytest.raises(UnreadableError):
        await _module(name).answer(Asked(body or envelope, {"device": "room"}), _services(reader))


def _services(reader: Reader) -> Services:
    """Return an app's services whose devices nobody can read."""
    clouds = {
        "layer_1_provider": "azure",
        "layer_2_provider": "azure",
        "layer_4_provider": "azure",
    }
    info = TwinInfo("n", debug=False, hot_days=1, cold_days=2, clouds=clouds)
    services = Services({s.INFO: info.write()})
    vars(services)["devices"] = Devices(reader.of("no-such-container"))
    return services


def _module(name: str) -> ModuleType:
    file = f"{name.replace('-', '_')}.py"
    path = Path(azure_functions.__file__).parent / name / file
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
