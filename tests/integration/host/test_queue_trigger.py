from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.host.host_app import function, until

from funcyard.host.invocation import NoWorkerError, Value, WorkerLost
from funcyard.host.listeners.build import UnsupportedTriggerError, build
from funcyard.host.listeners.pacing import Backoff
from funcyard.host.listeners.pump import Limits, QueuePump, Verdict
from funcyard.host.listeners.suspects import Suspects
from funcyard.host.listeners.trouble import Trouble
from funcyard.host.message_text import encode_message
from funcyard.host.queue_access import QueueNameError, ensure_queue
from funcyard.host.storage import ConnectionMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.storage.queue import QueueMessage
    from azure.storage.queue.aio import QueueClient
    from tests.integration.host.host_app import App, Call

    from funcyard.functions.model import Function

_MANY = 500
"""Messages: more than fifteen times what the listener takes at once."""


def queue_function(queue: str, *bindings: dict[str, Any], **trigger: str) -> Function:
    properties = {"name": "msg", "type": "queueTrigger", "queueName": queue, **trigger}
    return function("work", properties, *bindings)


async def put(queue: QueueClient, *texts: str) -> None:
    await ensure_queue(queue)
    for text in texts:
        await send(queue, text)


async def send(queue: QueueClient, text: str) -> None:
    await queue.send_message(encode_message(text.encode(), "base64"))


async def exists(app: App, name: str) -> bool:
    return name in [item.name async for item in app.storage.queues().list_queues()]


async def length(queue: QueueClient) -> int:
    return (await queue.get_queue_properties()).approximate_message_count or 0


def failing(_: Call) -> None:
    raise ValueError("no")


def losing(_: Call) -> None:
    raise WorkerLost("app", "", 0)


async def test_each_message_runs_once_and_leaves_the_queue(app: App, unique: str) -> None:
    queue = app.storage.queues().get_queue_client(unique)
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await put(queue, *(f"m{n}" for n in range(50)))
    await app.called(50)
    await listener.stop()

    assert app.counts == {f"m{n}": 1 for n in range(50)}
    assert await length(queue) == 0


async def test_a_message_that_keeps_failing_moves_to_the_poison_queue_unchanged(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app({"extensions": {"queues": {"maxDequeueCount": 3}}}, behaviour=failing)
    queue = app.storage.queues().get_queue_client(unique)
    poison = app.storage.queues().get_queue_client(f"{unique}-poison")
    await put(queue, "bad")
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await until(lambda: any("moved to" in message for message in app.messages))
    await listener.stop()

    assert [call.metadata["DequeueCount"] for call in app.calls] == [1, 2, 3]
    assert [m.content async for m in poison.receive_messages()] == [
        encode_message(b"bad", "base64")
    ]
    assert await length(queue) == 0


async def test_the_next_try_waits_for_the_visibility_timeout(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app({"extensions": {"queues": {"visibilityTimeout": "00:10:00"}}}, behaviour=failing)
    queue = app.storage.queues().get_queue_client(unique)
    await put(queue, "later")
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await app.called(1)
    await listener.stop()

    assert await length(queue) == 1
    assert [m.content async for m in queue.receive_messages()] == []


async def test_a_message_whose_worker_died_comes_back_at_once(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app({"extensions": {"queues": {"visibilityTimeout": "00:10:00"}}})
    app.behaviour = lambda call: losing(call) if len(app.calls) == 1 else None
    queue = app.storage.queues().get_queue_client(unique)
    await put(queue, "precious")
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await app.called(2)
    await listener.stop()

    assert await length(queue) == 0


async def test_a_message_that_kills_its_worker_each_time_becomes_poison(
    app: App, unique: str
) -> None:
    app.behaviour = losing
    queue = app.storage.queues().get_queue_client(unique)
    await put(queue, "killer")
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await until(lambda: any("moved to" in message for message in app.messages))
    await listener.stop()

    assert len(app.calls) == 5


async def test_one_that_kills_its_worker_harms_each_other_message_once_at_most(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app({"extensions": {"queues": {"maxDequeueCount": 2}}})
    death = asyncio.Event()

    async def behaviour(call: Call) -> None:
        """Run in a worker that dies, with all it runs, as soon as it runs the killer."""
        if call.trigger == "killer":
            await asyncio.sleep(0.2)
            death.set()
            raise WorkerLost("app", "", 0)
        death.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(death.wait(), 0.5)
            losing(call)

    app.behaviour = behaviour
    queues = [app.storage.queues().get_queue_client(f"{unique}{n}") for n in range(2)]
    await put(queues[0], "a1", "killer", "a2", "a3")
    await put(queues[1], "b1", "b2", "b3")
    listeners = [build(queue_function(queue.queue_name), app.context) for queue in queues]
    for listener in listeners:
        await listener.start()
    await until(lambda: any("moved to" in message for message in app.messages))
    for listener in listeners:
        await listener.stop()

    assert [message.split(" to ")[1] for message in app.messages if "moved to" in message] == [
        f"{unique}0-poison after 2 tries"
    ]
    assert [await length(queue) for queue in queues] == [0, 0]
    assert app.counts["killer"] == 2
    assert all(count <= 2 for count in app.counts.values())


async def test_nothing_is_taken_while_there_is_no_worker(app: App, unique: str) -> None:
    queue = app.storage.queues().get_queue_client(unique)
    await put(queue, "patient")
    app.dispatcher.ready = False
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await asyncio.sleep(0.5)
    (waiting,) = await queue.peek_messages()
    app.dispatcher.ready = True
    await app.called(1)
    await listener.stop()

    assert waiting.dequeue_count == 0


async def test_a_message_is_not_blamed_for_a_worker_that_never_came(app: App, unique: str) -> None:
    def absent(_: Call) -> None:
        raise NoWorkerError("app")

    app.behaviour = absent
    queue = app.storage.queues().get_queue_client(unique)
    await put(queue, "patient")
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await app.called(1)
    await listener.stop()

    assert await length(queue) == 1
    assert app.messages == []


async def test_a_message_that_is_not_base64_becomes_poison_and_the_reason_is_said(
    app: App, unique: str
) -> None:
    queue = app.storage.queues().get_queue_client(unique)
    await ensure_queue(queue)
    await queue.send_message("plain text")
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await until(lambda: any("moved to" in message for message in app.messages))
    await listener.stop()

    assert not app.calls
    assert any("messageEncoding base64" in message for message in app.messages)


async def test_plain_messages_are_read_where_host_json_says_none(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app({"extensions": {"queues": {"messageEncoding": "none"}}})
    queue = app.storage.queues().get_queue_client(unique)
    await ensure_queue(queue)
    await queue.send_message('<plain> & "text" ☃')
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await app.called(1)
    await listener.stop()

    assert app.calls[0].trigger == '<plain> & "text" ☃'


async def test_bytes_that_are_not_text_arrive_as_bytes(app: App, unique: str) -> None:
    queue = app.storage.queues().get_queue_client(unique)
    await ensure_queue(queue)
    await queue.send_message(encode_message(b"\xff\x00", "base64"))
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await app.called(1)
    await listener.stop()

    assert app.calls[0].inputs["msg"] == Value("bytes", b"\xff\x00")


async def test_no_more_run_at_once_than_a_batch_and_the_threshold(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app({"extensions": {"queues": {"batchSize": 4, "newBatchThreshold": 2}}})
    running, most = 0, 0

    async def slow(_: Call) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1

    app.behaviour = slow
    queue = app.storage.queues().get_queue_client(unique)
    await put(queue, *(f"m{n}" for n in range(30)))
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await app.called(30)
    await listener.stop()

    assert 4 <= most <= 6


async def test_stopping_waits_for_what_runs_and_leaves_the_rest(app: App, unique: str) -> None:
    release = asyncio.Event()
    app.behaviour = lambda _: release.wait()
    queue = app.storage.queues().get_queue_client(unique)
    await put(queue, *(f"m{n}" for n in range(40)))
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await app.called(16)
    stopping = asyncio.create_task(listener.stop())
    await asyncio.sleep(0.1)
    assert not stopping.done()
    release.set()
    await stopping

    assert len(app.calls) + await length(queue) == 40
    left = [m.id async for m in queue.receive_messages(messages_per_page=32)]
    assert len(left) == 40 - len(app.calls)


async def test_a_cancelled_stop_puts_back_what_still_runs(app: App, unique: str) -> None:
    app.behaviour = lambda _: asyncio.Event().wait()
    queue = app.storage.queues().get_queue_client(unique)
    await put(queue, "stuck")
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await app.called(1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(listener.stop(), 0.2)

    assert len([m.id async for m in queue.receive_messages()]) == 1


async def test_a_message_stays_hidden_while_its_function_runs_longer_than_its_lease(
    app: App, unique: str
) -> None:
    queue = app.storage.queues().get_queue_client(unique)
    poison = app.storage.queues().get_queue_client(f"{unique}-poison")
    await put(queue, "long")
    seen: list[str] = []

    async def handle(message: QueueMessage) -> Verdict:
        seen.append(message.id)
        await asyncio.sleep(5)
        return Verdict.DONE

    pump = QueuePump(
        queue,
        poison,
        Limits(16, 8, 5, lease_seconds=2),
        backoff=Backoff(None),
        handle=handle,
        dispatcher=app.dispatcher,
        suspects=Suspects(),
        trouble=Trouble(app.events, "app", "work", "queue"),
    )
    pump.start()
    await until(lambda: seen)
    await asyncio.sleep(4)
    await pump.stop()

    assert len(seen) == 1
    assert await length(queue) == 0


async def test_none_of_many_messages_is_lost_and_none_runs_twice(app: App, unique: str) -> None:
    queue = app.storage.queues().get_queue_client(unique)
    await ensure_queue(queue)
    texts = [f"m{n}" for n in range(_MANY)]
    for first in range(0, len(texts), 100):
        await asyncio.gather(*(send(queue, text) for text in texts[first : first + 100]))
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await app.called(_MANY, seconds=90)
    await listener.stop()

    assert app.counts == dict.fromkeys(texts, 1)
    assert await length(queue) == 0


async def test_a_queue_that_is_deleted_meanwhile_is_made_again(app: App, unique: str) -> None:
    queue = app.storage.queues().get_queue_client(unique)
    listener = build(queue_function(unique), app.context)
    await listener.start()
    await until(lambda: exists(app, unique))
    await queue.delete_queue()
    await until(lambda: exists(app, unique))
    await listener.stop()


@pytest.mark.parametrize("name", ["a", "Bad_Name", "a--b", "-a", "x" * 60])
def test_a_queue_that_cannot_exist_is_refused_by_name(app: App, name: str) -> None:
    with pytest.raises(QueueNameError, match="cannot name a queue"):
        build(queue_function(name), app.context)


def test_a_missing_connection_is_named(app: App) -> None:
    with pytest.raises(ConnectionMissingError, match="the connection Other is not"):
        build(queue_function("orders", connection="Other"), app.context)


def test_a_trigger_of_another_kind_is_refused_by_name(app: App) -> None:
    with pytest.raises(UnsupportedTriggerError, match="serviceBusTrigger"):
        build(function("work", {"name": "m", "type": "serviceBusTrigger"}), app.context)


async def test_names_may_come_from_settings(make_app: Callable[..., App], unique: str) -> None:
    app = make_app(settings={"Orders": unique})
    app.settings["AzureWebJobsOther"] = app.connection
    listener = build(queue_function("%Orders%", connection="Other"), app.context)
    await listener.start()
    await put(app.storage.queues().get_queue_client(unique), "x")
    await app.called(1)
    await listener.stop()
