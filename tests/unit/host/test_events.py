from __future__ import annotations

import asyncio
import dataclasses

from funcyard.host.events import Event, Events
from funcyard.host.invocation import Failed, Outcome
from funcyard.host.worker import logs


async def test_a_reader_gets_what_happens_while_it_reads() -> None:
    events = Events()
    events.publish(Event("log", "before"))
    reader = events.follow()
    first = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    events.publish(Event("log", "one"))
    events.publish(Event("log", "two"))

    assert [event.message for event in await first] == ["one", "two"]
    await reader.aclose()  # type: ignore[attr-defined]  # an asynchronous generator


async def test_a_reader_that_is_too_slow_is_told_how_much_it_missed() -> None:
    events = Events()
    reader = events.follow()
    first = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    for number in range(50_003):
        events.publish(Event("log", str(number)))

    batch = await first
    assert batch[0].message == "3 events were skipped: the reader is too slow"
    assert batch[1].message == "3"
    assert len(batch) == 50_001
    await reader.aclose()  # type: ignore[attr-defined]  # an asynchronous generator


def test_the_latest_events_are_kept_oldest_first() -> None:
    events = Events()
    for number in range(2_005):
        events.publish(Event("log", str(number)))

    assert [event.message for event in events.recent(2)] == ["2003", "2004"]
    assert len(events.recent()) == 2_000
    assert events.recent(0) == []


async def test_what_is_left_is_read_when_the_stream_ends() -> None:
    events = Events()
    read: list[str] = []

    async def reading() -> None:
        async for batch in events.follow():
            read.extend(event.message for event in batch)

    reader = asyncio.create_task(reading())
    await asyncio.sleep(0)
    events.publish(Event("log", "one"))
    events.publish(Event("ended", "last"))
    events.close()
    await reader

    assert read == ["one", "last"]


async def test_a_stream_without_events_ends_too() -> None:
    events = Events()
    reader = events.follow()
    first = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    events.close()

    assert await first == []
    assert [batch async for batch in reader] == []


def test_tools_get_an_event_as_one_flat_document() -> None:
    event = Event(
        "log", "hello", "api", "warning", "greet", "id-1", data={"logger": "root"}, time=1.5
    )

    assert event.as_dict() == {
        "event": "log",
        "time": 1.5,
        "app": "api",
        "level": "warning",
        "message": "hello",
        "function": "greet",
        "invocation_id": "id-1",
        "data": {"logger": "root"},
    }
    assert Event.from_dict(event.as_dict()) == event
    assert len(event.as_dict()) == len(dataclasses.fields(Event))


def test_an_invocation_is_told_as_the_real_host_tells_it() -> None:
    good = Event.of_invocation("api", "hello", Outcome("id-1", seconds=0.0123))
    bad = Event.of_invocation(
        "api", "hello", Outcome("id-2", failed=Failed("ValueError", "no"), seconds=1)
    )

    assert good.message == "Executed 'Functions.hello' (Succeeded, Id=id-1, Duration=12ms)"
    assert bad.message == (
        "Executed 'Functions.hello' (Failed, Id=id-2, Duration=1000ms)\nValueError: no"
    )
    assert (good.level, bad.level) == ("info", "error")


async def test_a_burst_of_a_workers_log_reaches_a_reader_whole() -> None:
    events = Events()
    burst = 2 * logs._LIMIT  # noqa: SLF001 - the most that a worker sends at once
    following = events.follow()
    first = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0)
    for number in range(burst):
        events.publish(Event("log", str(number)))

    assert [event.message for event in await first] == [str(number) for number in range(burst)]
    await following.aclose()  # type: ignore[attr-defined]  # an asynchronous generator


def test_a_client_that_left_is_one_quiet_line() -> None:
    why = "the client left before the response was complete"
    left = Event.of_invocation(
        "api", "stream", Outcome("id-1", failed=Failed("ClientDisconnect", why), seconds=2.0)
    )
    raised = Failed("ClientDisconnect", "", "Traceback of the function's own\n")
    own = Event.of_invocation("api", "stream", Outcome("id-2", failed=raised, seconds=2.0))

    assert (left.level, own.level) == ("info", "error")
    assert left.message == (
        f"Executed 'Functions.stream' (ClientDisconnect: {why}, Id=id-1, Duration=2000ms)"
    )
