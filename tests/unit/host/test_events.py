from __future__ import annotations

import asyncio

from funcyard.host.events import Event, Events
from funcyard.host.invocation import Failed, Outcome


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
    for number in range(10_003):
        events.publish(Event("log", str(number)))

    batch = await first
    assert batch[0].message == "3 events were skipped: the reader is too slow"
    assert batch[1].message == "3"
    assert len(batch) == 10_001
    await reader.aclose()  # type: ignore[attr-defined]  # an asynchronous generator


def test_the_latest_events_are_kept_oldest_first() -> None:
    events = Events()
    for number in range(2_005):
        events.publish(Event("log", str(number)))

    assert [event.message for event in events.recent(2)] == ["2003", "2004"]
    assert len(events.recent()) == 2_000
    assert events.recent(0) == []


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
