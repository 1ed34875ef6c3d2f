"""The events of apps: kept, told in order, bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from funcyard.emulator.containerapps.events import EventBook, SystemEvent


@pytest.fixture
def book(tmp_path: Path) -> Iterator[EventBook]:
    made = EventBook(tmp_path / "events.sqlite")
    yield made
    made.close()


def _event(number: int, app: str = "/apps/one") -> SystemEvent:
    return SystemEvent(
        environment="/env", app=app, name=app[-3:], time=number, reason="Some", message=str(number)
    )


def _told(found: list[tuple[int, SystemEvent]]) -> list[str]:
    return [event.message for _, event in found]


def test_the_last_are_told_in_order_of_an_app_and_of_all_in_an_environment(
    book: EventBook,
) -> None:
    for number in range(4):
        book.add(_event(number, f"/apps/{('one', 'two')[number % 2]}"))
    assert _told(book.tail("app", "/apps/one", 5)) == ["0", "2"]
    assert _told(book.tail("environment", "/env", 3)) == ["1", "2", "3"]
    last = book.tail("app", "/apps/one", 1)[0][0]
    news = book.news()
    assert not news.is_set()
    book.add(_event(4))
    assert news.is_set()
    assert _told(book.since("app", "/apps/one", last)) == ["4"]


def test_the_oldest_of_an_app_go_and_others_stay(book: EventBook) -> None:
    book.add(_event(0, "/apps/two"))
    for number in range(1, 1300):
        book.add(_event(number))
    kept = _told(book.tail("app", "/apps/one", 5000))
    assert 1000 <= len(kept) <= 1100
    assert kept[-1] == "1299"
    assert _told(book.tail("app", "/apps/two", 5)) == ["0"]
    book.forget("/apps/one")
    assert book.tail("app", "/apps/one", 5) == []
