"""Who gets a request."""

from __future__ import annotations

from collections import Counter

from funcyard.emulator.containerapps.routing import Turns


def test_weights_are_kept_to_exactly_and_spread() -> None:
    turns = Turns()
    shares = [("old", 75), ("new", 25)]
    found = [turns.next(shares) for _ in range(100)]
    assert Counter(found) == {"old": 75, "new": 25}
    assert all("new" in found[at : at + 4] for at in range(0, 100, 4))


def test_weights_that_change_count_from_then_on() -> None:
    turns = Turns()
    for _ in range(3):
        turns.next([("old", 100)])
    assert Counter(turns.next([("old", 50), ("new", 50)]) for _ in range(10)) == {
        "old": 5,
        "new": 5,
    }
    assert turns.next([("new", 100)]) == "new"
    assert turns.next([]) == ""
