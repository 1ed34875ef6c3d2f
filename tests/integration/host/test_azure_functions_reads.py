"""What the triggers send, decoded by the app's own azure-functions."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.integration.host.host_app import function

from funcyard.host.listeners.build import build
from funcyard.host.message_text import encode_message
from funcyard.host.queue_access import ensure_queue

if TYPE_CHECKING:
    from tests.integration.host.host_app import App, Call

SOURCE = Path(__file__).parents[3] / "src"
DECODE = """
import json, sys
from azure.functions import meta
import azure.functions as func
from funcyard.host.worker.values import metadata_to_datums, to_datum
given = json.load(sys.stdin)
body = bytes.fromhex(given["body"])
value = meta.get_binding_registry().get(given["kind"]).decode(
    to_datum(given["type"], memoryview(body), None),
    trigger_metadata=metadata_to_datums(given["metadata"]))
read = {}
for name in given["names"]:
    item = getattr(value, name)
    read[name] = item.isoformat() if hasattr(item, "isoformat") else item
print(json.dumps(read))
"""


async def read(python: Path, call: Call, kind: str, *names: str) -> dict[str, Any]:
    value = next(iter(call.inputs.values()))
    given = {
        "kind": kind,
        "type": value.type,
        "body": value.body.hex(),
        "metadata": call.metadata,
        "names": names,
    }
    process = await asyncio.create_subprocess_exec(
        python,
        "-c",
        DECODE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": str(SOURCE)},
    )
    output, _ = await process.communicate(json.dumps(given).encode())
    decoded = json.loads(output)
    assert isinstance(decoded, dict)
    return decoded


async def test_a_queue_message_has_all_its_properties(
    app: App, unique: str, apps_python: Path
) -> None:
    queue = app.storage.queues().get_queue_client(unique)
    await ensure_queue(queue)
    sent = await queue.send_message(encode_message(b"hello", "base64"))
    listener = build(
        function("work", {"name": "msg", "type": "queueTrigger", "queueName": unique}), app.context
    )
    await listener.start()
    await app.called(1)
    await listener.stop()
    names = ("id", "dequeue_count", "insertion_time", "expiration_time")
    message = await read(
        apps_python, app.calls[0], "queueTrigger", *names, "time_next_visible", "pop_receipt"
    )

    assert sent.inserted_on
    assert sent.expires_on
    assert message["id"] == sent.id
    assert message["dequeue_count"] == 1
    assert message["insertion_time"] == sent.inserted_on.isoformat()
    assert message["expiration_time"] == sent.expires_on.isoformat()
    assert message["time_next_visible"] > message["insertion_time"]
    assert message["pop_receipt"]


async def test_an_input_stream_knows_its_blob(app: App, unique: str, apps_python: Path) -> None:
    container = app.storage.blobs().get_container_client(unique)
    await container.create_container()
    await container.upload_blob("a.txt", b"hello", metadata={"owner": "me"})
    listener = build(
        function("work", {"name": "blob", "type": "blobTrigger", "path": f"{unique}/{{name}}"}),
        app.context,
    )
    await listener.start()
    await app.called(1)
    await listener.stop()
    stream = await read(
        apps_python, app.calls[0], "blobTrigger", "name", "length", "uri", "metadata"
    )

    assert stream["name"] == f"{unique}/a.txt"
    assert stream["length"] == 5
    assert stream["uri"] == container.get_blob_client("a.txt").url
    assert stream["metadata"] == {"owner": "me"}


async def test_a_timer_request_knows_its_schedule(app: App, apps_python: Path) -> None:
    timer = {"name": "t", "type": "timerTrigger", "schedule": "0 0 5 * * *", "runOnStartup": True}
    listener = build(function("work", timer), app.context)
    await listener.start()
    await app.called(1)
    await listener.stop()
    request = await read(
        apps_python, app.calls[0], "timerTrigger", "past_due", "schedule_status", "schedule"
    )

    assert request["past_due"] is False
    assert request["schedule"] == {"AdjustForDST": True}
    assert set(request["schedule_status"]) == {"Last", "Next", "LastUpdated"}
