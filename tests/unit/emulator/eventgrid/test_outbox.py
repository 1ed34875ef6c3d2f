"""Events that wait: kept all or none, forgotten when nobody waits, found by who waits."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from funcyard.emulator.core.store import StoreError
from funcyard.emulator.eventgrid.events import Event
from funcyard.emulator.eventgrid.naming import EVENT_GRID
from funcyard.emulator.eventgrid.outbox import Outbox, Recipient


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "eventgrid")
    yield made
    made.close()


def _event(number: int) -> Event:
    return Event(EVENT_GRID, {"id": f"{number}"})


def _to(*names: str) -> list[Recipient]:
    return [Recipient(name, 1000.0) for name in names]


def _ids(outbox: Outbox, name: str, now: float = 10.0) -> list[str]:
    return [one.event.id for one in outbox.due(name, now, 100)]


def test_an_event_waits_for_each_it_is_for_and_outlives_a_restart(
    outbox: Outbox, tmp_path: Path
) -> None:
    assert outbox.accept([(_event(1), _to("a", "b")), (_event(2), _to("b"))], 10.0)
    outbox.close()
    again = Outbox(tmp_path / "eventgrid")
    assert sorted(again.waiting(10.0)) == ["a", "b"]
    assert (_ids(again, "a"), _ids(again, "b")) == (["1"], ["1", "2"])
    again.close()


def test_an_event_for_nobody_is_not_kept(outbox: Outbox, tmp_path: Path) -> None:
    assert not outbox.accept([(_event(1), [])], 10.0)
    assert _count(tmp_path) == 0


def test_what_everybody_has_is_forgotten(outbox: Outbox, tmp_path: Path) -> None:
    outbox.accept([(_event(1), _to("a", "b"))], 10.0)
    outbox.done(outbox.due("a", 10.0, 1))
    assert _count(tmp_path) == 1
    outbox.done(outbox.due("b", 10.0, 1))
    assert _count(tmp_path) == 0


def test_what_is_put_off_is_due_later_and_keeps_what_came_of_it(outbox: Outbox) -> None:
    outbox.accept([(_event(1), _to("a"))], 10.0)
    (one,) = outbox.due("a", 10.0, 1)
    outbox.postpone([(replace(one, attempts=3, outcome="Busy", tried=11.0), 20.0)])
    assert outbox.waiting(19.0) == []
    assert outbox.next_due(10.0) == 20.0
    (later,) = outbox.due("a", 20.0, 1)
    assert (later.attempts, later.outcome, later.tried, later.published) == (3, "Busy", 11.0, 10.0)


def test_dead_events_are_found_apart_from_living_ones(outbox: Outbox) -> None:
    outbox.accept([(_event(number), _to("a")) for number in (1, 2)], 10.0)
    first, _ = outbox.due("a", 10.0, 100)
    outbox.postpone([(replace(first, reason="TimeToLiveExceeded"), 10.0)])
    assert _ids(outbox, "a") == ["2"]
    (dead,) = outbox.due("a", 10.0, 100, dead=True)
    assert (dead.event.id, dead.reason) == ("1", "TimeToLiveExceeded")


def test_what_a_source_tells_twice_is_kept_once_for_an_hour(outbox: Outbox) -> None:
    for now in (10.0, 20.0):
        outbox.accept([(_event(1), _to("a"))], now, source="/hub")
    assert _ids(outbox, "a", 20.0) == ["1"]
    outbox.accept([(_event(1), _to("a"))], 4000.0, source="/hub")
    assert _ids(outbox, "a", 4000.0) == ["1", "1"]


def test_an_hour_counts_from_when_it_was_told_whenever_that_is_forgotten(outbox: Outbox) -> None:
    for number, now in ((1, 10.0), (2, 3600.0), (1, 3605.0), (1, 3615.0)):
        outbox.accept([(_event(number), _to("a"))], now, source="/hub")
    assert _ids(outbox, "a", 3615.0) == ["1", "2", "1"]


def test_an_event_is_taken_without_going_through_all_of_the_last_hour(outbox: Outbox) -> None:
    def tell(first: int) -> None:
        for number in range(first, first + 20):
            outbox.accept([(_event(number), [])], 10.0, source="/hub")

    few = _steps(outbox, lambda: tell(0))
    outbox.accept([(_event(number), []) for number in range(100, 3100)], 10.0, source="/hub")
    assert _steps(outbox, lambda: tell(5000)) < few + 100


def test_what_is_due_is_found_without_going_through_all_that_waits(outbox: Outbox) -> None:
    def look() -> None:
        assert outbox.waiting(20.0) == ["a", "b"]
        assert len(outbox.due("a", 20.0, 5)) == 5
        assert len(outbox.due("b", 20.0, 5, dead=True)) == 1

    outbox.accept([(_event(number), _to("a", "b")) for number in range(5)], 10.0)
    outbox.postpone([(replace(outbox.due("b", 10.0, 1)[0], reason="TimeToLiveExceeded"), 15.0)])
    few = _steps(outbox, look)
    outbox.accept([(_event(number), _to("a", "b")) for number in range(5, 3000)], 10.0)
    assert _steps(outbox, look) < few + 100


def test_a_subscription_that_is_no_more_gets_nothing(outbox: Outbox, tmp_path: Path) -> None:
    outbox.accept([(_event(1), _to("a", "b")), (_event(2), _to("a"))], 10.0)
    outbox.forget("a")
    assert outbox.waiting(10.0) == ["b"]
    assert _count(tmp_path) == 1


def test_an_event_gets_no_place_of_one_that_was_forgotten_on_its_way(outbox: Outbox) -> None:
    outbox.accept([(_event(1), _to("gone"))], 10.0)
    on_its_way = outbox.due("gone", 10.0, 1)
    outbox.forget("gone")
    outbox.accept([(_event(2), _to("a"))], 10.0)
    outbox.done(on_its_way)
    assert _ids(outbox, "a") == ["2"]
    outbox.postpone((replace(one, attempts=5), 99.0) for one in on_its_way)
    assert _ids(outbox, "a") == ["2"]


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "eventgrid"
    folder.mkdir()
    (folder / "events.sqlite").write_text("no database" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        Outbox(folder)


def _steps(outbox: Outbox, task: Callable[[], None]) -> int:
    """Return how many times ten steps SQLite makes for a task."""
    count = itertools.count()
    outbox._connection.set_progress_handler(lambda: next(count) and 0, 10)  # noqa: SLF001 - what is counted is SQLite's
    task()
    outbox._connection.set_progress_handler(None, 10)  # noqa: SLF001 - as above
    return next(count)


def _count(folder: Path) -> int:
    connection = sqlite3.connect(folder / "eventgrid" / "events.sqlite")
    (found,) = connection.execute("SELECT count(*) FROM events").fetchone()
    connection.close()
    return int(found)
