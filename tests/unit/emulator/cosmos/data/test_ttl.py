"""Items that live for a time only, by the clock of the local Azure."""

from __future__ import annotations

import pytest
from tests.unit.emulator.cosmos.data.driving import ACROSS, Plane


def _left(plane: Plane, docs: str) -> set[str]:
    return set(plane.query(docs, "SELECT VALUE c.id FROM c", **ACROSS).body["Documents"])


def _make(plane: Plane, docs: str, name: str, ttl: int | None = None) -> None:
    body = {"id": name, "pk": "a"} | ({} if ttl is None else {"ttl": ttl})
    assert plane.ask("POST", docs, body, pk="a").status == 201


def test_items_live_as_long_as_they_or_their_container_say(plane: Plane) -> None:
    docs = plane.container(defaultTtl=60)
    for name, ttl in (("usual", None), ("short", 10), ("long", 90), ("ever", -1)):
        _make(plane, docs, name, ttl)
    for later, left in (
        (9, {"usual", "short", "long", "ever"}),
        (11, {"usual", "long", "ever"}),
        (61, {"long", "ever"}),
        (91, {"ever"}),
    ):
        plane.now = 1_000_000 + later
        assert _left(plane, docs) == left
    assert plane.ask("GET", f"{docs}/usual", pk="a").status == 404
    _make(plane, docs, "usual")  # its id is free again


def test_items_stay_where_their_container_lets_none_end(plane: Plane) -> None:
    docs = plane.container()
    _make(plane, docs, "1", 5)
    plane.now += 1000
    assert _left(plane, docs) == {"1"}


def test_each_says_itself_where_the_container_has_no_time_of_its_own(plane: Plane) -> None:
    docs = plane.container(defaultTtl=-1)
    _make(plane, docs, "ever")
    _make(plane, docs, "short", 5)
    plane.now += 6
    assert _left(plane, docs) == {"ever"}


def test_a_scale_shortens_lives(plane: Plane) -> None:
    plane.scale = 60
    docs = plane.container(defaultTtl=120)
    _make(plane, docs, "1")
    plane.now += 1.9
    assert _left(plane, docs) == {"1"}
    plane.now += 0.2
    assert _left(plane, docs) == set()


def test_a_change_of_an_item_lets_it_live_anew(plane: Plane) -> None:
    docs = plane.container(defaultTtl=60)
    _make(plane, docs, "1")
    plane.now += 50
    plane.ask("PUT", f"{docs}/1", {"id": "1", "pk": "a"}, pk="a")
    plane.now += 50
    assert _left(plane, docs) == {"1"}


def test_another_time_of_the_container_counts_for_what_is_there(plane: Plane) -> None:
    docs = plane.container()
    _make(plane, docs, "1")
    _make(plane, docs, "own", 100)
    path = docs.removesuffix("/docs")
    shown = plane.ask("GET", path).body
    assert plane.ask("PUT", path, {**shown, "defaultTtl": 10}).status == 200
    plane.now += 11
    assert _left(plane, docs) == {"own"}
    shown = plane.ask("GET", path).body
    del shown["defaultTtl"]
    assert plane.ask("PUT", path, shown).status == 200
    plane.now += 1000
    assert _left(plane, docs) == {"own"}


@pytest.mark.parametrize("ttl", [0, -2, 1.5, "60", True, 2**31])
def test_a_time_that_is_none_is_refused(plane: Plane, ttl: object) -> None:
    docs = plane.container().removesuffix("/docs")
    body = {**plane.ask("GET", docs).body, "defaultTtl": ttl}
    assert plane.ask("PUT", docs, body).status == 400
