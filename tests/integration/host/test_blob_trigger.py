from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from azure.storage.blob import ContentSettings
from tests.integration.host.host_app import function, until

from funcyard.host.blob_listing import BlobListing
from funcyard.host.invocation import WorkerLost
from funcyard.host.listeners.blob_queue import BlobQueue
from funcyard.host.listeners.build import build
from funcyard.host.listeners.receipts import BlobVersion
from funcyard.host.message_text import decode_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.storage.blob.aio import ContainerClient
    from azure.storage.queue.aio import QueueClient
    from tests.integration.host.host_app import App, Call

    from funcyard.functions.model import Function


def blob_function(path: str, name: str = "work", **trigger: str) -> Function:
    return function(name, {"name": "blob", "type": "blobTrigger", "path": path, **trigger})


async def container_of(app: App, name: str) -> ContainerClient:
    container = app.storage.blobs().get_container_client(name)
    await container.create_container()
    return container


async def receipts(app: App) -> list[str]:
    hosts = app.storage.blobs().get_container_client("azure-webjobs-hosts")
    prefix = f"blobreceipts/{app.host_id}/"
    return [name async for name in hosts.list_blob_names(name_starts_with=prefix)]


def failing(_: Call) -> None:
    raise ValueError("no")


async def test_a_new_blob_runs_once_an_update_again_and_neither_after_a_restart(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app()
    container = await container_of(app, unique)
    await container.upload_blob("before.txt", b"there before")
    listener = build(blob_function(f"{unique}/{{name}}"), app.context)
    await listener.start()
    await app.called(1)
    await container.upload_blob("a.txt", b"one")
    await app.called(2)
    await container.upload_blob("a.txt", b"two", overwrite=True)
    await app.called(3)
    await until(lambda: written(app, 3))
    await listener.stop()

    again = make_app(host_id=app.host_id)
    listener = build(blob_function(f"{unique}/{{name}}"), again.context)
    await listener.start()
    await container.upload_blob("b.txt", b"three")
    await again.called(1)
    await asyncio.sleep(0.5)
    await listener.stop()

    assert [call.trigger for call in app.calls] == ["there before", "one", "two"]
    assert [call.trigger for call in again.calls] == ["three"]


async def written(app: App, count: int) -> bool:
    return len(await receipts(app)) >= count


async def test_receipts_lie_where_the_real_host_keeps_them(app: App, unique: str) -> None:
    container = await container_of(app, unique)
    uploaded = await container.upload_blob("dir/a.txt", b"x")
    listener = build(blob_function(unique), app.context)
    await listener.start()
    await until(lambda: written(app, 1))
    await listener.stop()

    etag = (await uploaded.get_blob_properties()).etag
    assert await receipts(app) == [
        f"blobreceipts/{app.host_id}/Host.Functions.work/{etag}/{unique}/dir/a.txt"
    ]
    assert etag.startswith('"')


async def test_only_blobs_of_the_path_start_the_function(app: App, unique: str) -> None:
    container = await container_of(app, unique)
    for name in ("in/a.csv", "in/b.txt", "out/c.csv", "in/deep/d.csv"):
        await container.upload_blob(name, name.encode())
    listener = build(blob_function(f"{unique}/in/{{name}}.csv"), app.context)
    await listener.start()
    await app.called(2)
    await asyncio.sleep(0.4)
    await listener.stop()

    assert app.counts == {"in/a.csv": 1, "in/deep/d.csv": 1}
    assert {call.metadata["name"] for call in app.calls} == {"a", "deep/d"}


async def test_the_function_learns_what_the_blob_is(app: App, unique: str) -> None:
    container = await container_of(app, unique)
    await container.upload_blob(
        "a b.csv",
        b"12345",
        metadata={"owner": "me"},
        content_settings=ContentSettings(content_type="text/csv"),
    )
    listener = build(blob_function(f"{unique}/{{name}}.csv"), app.context)
    await listener.start()
    await app.called(1)
    await listener.stop()

    metadata = app.calls[0].metadata
    assert metadata["BlobTrigger"] == f"{unique}/a b.csv"
    assert metadata["Uri"].endswith(f"/{unique}/a%20b.csv")
    assert metadata["Metadata"] == {"owner": "me"}
    assert metadata["Properties"]["ContentLength"] == 5
    assert metadata["Properties"]["ContentType"] == "text/csv"


async def test_a_blob_that_keeps_failing_is_poison_after_five_tries_and_never_tried_again(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app(behaviour=failing)
    container = await container_of(app, unique)
    uploaded = await container.upload_blob("bad.bin", b"bad")
    poison = app.storage.queues().get_queue_client("webjobs-blobtrigger-poison")
    listener = build(blob_function(unique), app.context)
    await listener.start()
    await until(lambda: any("moved to" in message for message in app.messages))
    await listener.stop()
    again = make_app(host_id=app.host_id)
    listener = build(blob_function(unique), again.context)
    await listener.start()
    await container.upload_blob("good.bin", b"good")
    await again.called(1)
    await listener.stop()

    assert len(app.calls) == 5
    assert [call.trigger for call in again.calls] == ["good"]
    texts = [str(m.content) async for m in poison.receive_messages(visibility_timeout=1)]
    documents = [json.loads(decode_message(text, "base64")) for text in texts]
    assert {
        "Type": "BlobTrigger",
        "FunctionId": "Host.Functions.work",
        "BlobType": "BlockBlob",
        "ContainerName": unique,
        "BlobName": "bad.bin",
        "ETag": (await uploaded.get_blob_properties()).etag,
    } in documents


async def test_a_blob_runs_after_a_restart_between_finding_and_running_it(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app()
    container = await container_of(app, unique)
    await container.upload_blob("a", b"kept")
    app.behaviour = lambda _: asyncio.Event().wait()
    listener = build(blob_function(unique), app.context)
    await listener.start()
    await app.called(1)
    stopping = asyncio.create_task(listener.stop())
    await asyncio.sleep(0)
    stopping.cancel()
    await asyncio.gather(stopping, return_exceptions=True)

    again = make_app(host_id=app.host_id)
    listener = build(blob_function(unique), again.context)
    await listener.start()
    await until(lambda: written(again, 1))
    await listener.stop()

    assert again.counts == {"kept": 1}


async def test_a_worker_that_dies_under_a_blob_gets_it_again(app: App, unique: str) -> None:
    def once(_: Call) -> None:
        if len(app.calls) == 1:
            raise WorkerLost("app", "", 0)

    app.behaviour = once
    container = await container_of(app, unique)
    await container.upload_blob("a", b"x")
    listener = build(blob_function(unique), app.context)
    await listener.start()
    await app.called(2)
    await until(lambda: written(app, 1))
    await listener.stop()

    assert app.counts == {"x": 2}


async def test_a_version_that_is_queued_twice_runs_once(app: App, unique: str) -> None:
    container = await container_of(app, unique)
    uploaded = await container.upload_blob("a", b"a")
    listener = build(blob_function(unique), app.context)
    await listener.start()
    await until(lambda: written(app, 1))
    etag = (await uploaded.get_blob_properties()).etag.strip('"')
    await BlobQueue.shared(app.context).put("work", BlobVersion(unique, "a", etag))
    await container.upload_blob("b", b"b")
    await until(lambda: written(app, 2))
    await listener.stop()
    queue = app.storage.queues().get_queue_client(f"azure-webjobs-blobtrigger-{app.host_id}")

    assert app.counts == {"a": 1, "b": 1}
    assert (await queue.get_queue_properties()).approximate_message_count == 0


async def test_messages_of_functions_that_no_longer_exist_are_thrown_away(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app({"extensions": {"blobs": {"poisonBlobThreshold": 1}}})
    await container_of(app, unique)
    listener = build(blob_function(unique), app.context)
    await listener.start()
    queue = app.storage.queues().get_queue_client(f"azure-webjobs-blobtrigger-{app.host_id}")
    await BlobQueue.shared(app.context).put("removed", BlobVersion(unique, "a", "0x1"))
    await until(lambda: is_empty(queue))
    await listener.stop()

    assert not app.calls
    assert not app.messages


async def is_empty(queue: QueueClient) -> bool:
    return (await queue.get_queue_properties()).approximate_message_count == 0


async def test_two_functions_share_a_container_and_each_gets_every_blob(
    app: App, unique: str
) -> None:
    container = await container_of(app, unique)
    listeners = [build(blob_function(unique, name), app.context) for name in ("one", "two")]
    for listener in listeners:
        await listener.start()
    for number in range(10):
        await container.upload_blob(f"b{number}", f"b{number}".encode())
    await app.called(20)
    await asyncio.gather(*(listener.stop() for listener in listeners))

    assert {(c.function, c.trigger) for c in app.calls} == {
        (name, f"b{number}") for name in ("one", "two") for number in range(10)
    }
    assert len(app.calls) == 20


async def test_a_container_that_appears_later_is_watched_from_then_on(
    app: App, unique: str
) -> None:
    listener = build(blob_function(f"{unique}/{{name}}"), app.context)
    await listener.start()
    await asyncio.sleep(0.3)
    container = await container_of(app, unique)
    await container.upload_blob("a", b"x")
    await app.called(1)
    await listener.stop()

    assert not app.messages


async def test_a_blob_that_is_gone_before_its_turn_is_no_failure(app: App, unique: str) -> None:
    container = await container_of(app, unique)
    release = asyncio.Event()
    app.behaviour = lambda _: release.wait()
    names = [f"b{number:02}" for number in range(40)]
    for name in names:
        await container.upload_blob(name, name.encode())
    listener = build(blob_function(unique), app.context)
    await listener.start()
    await app.called(1)
    await container.delete_blob("b39")
    release.set()
    await until(lambda: written(app, 39))
    await listener.stop()

    assert app.counts == {name: 1 for name in names if name != "b39"}


async def test_a_listing_names_what_the_sdk_names(app: App, unique: str) -> None:
    container = await container_of(app, unique)
    for name in ("plain", "a b", "ä/ö.csv", "100%", "a&b<c>", "deep/er/x", 'q"uote', "plus+sign"):
        await container.upload_blob(name, b"x")
    listing = BlobListing(app.storage.blobs())
    ours = [item async for page in listing.pages(unique) for item in page]
    deep = [item async for page in listing.pages(unique, "deep/") for item in page]
    await listing.close()

    theirs = [(blob.name, blob.etag.strip('"')) async for blob in container.list_blobs()]
    assert ours == theirs
    assert [name for name, _ in deep] == ["deep/er/x"]
