"""Batches have effect whole, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.emulator.cosmos.data.driving import Plane, Told

_BATCH = {"x-ms-cosmos-is-batch-request": "True", "x-ms-cosmos-batch-atomic": "True"}


def _create(name: str, pk: str = "a") -> dict[str, Any]:
    return {"operationType": "Create", "resourceBody": {"id": name, "pk": pk}}


def _sent(plane: Plane, docs: str, *operations: dict[str, Any]) -> Told:
    return plane.ask("POST", docs, list(operations), pk="a", **_BATCH)


def _ids(plane: Plane, docs: str) -> list[str]:
    found: list[str] = plane.query(docs, "SELECT VALUE c.id FROM c", pk="a").body["Documents"]
    return found


def test_all_operations_of_a_batch_have_effect_in_their_order(plane: Plane) -> None:
    docs = plane.container()
    told = _sent(
        plane,
        docs,
        _create("1"),
        {"operationType": "Upsert", "resourceBody": {"id": "1", "pk": "a", "n": 1}},
        {"operationType": "Read", "id": "1"},
        {"operationType": "Replace", "id": "1", "resourceBody": {"id": "1", "pk": "a", "n": 2}},
        {
            "operationType": "Patch",
            "id": "1",
            "resourceBody": {"operations": [{"op": "incr", "path": "/n", "value": 1}]},
        },
        _create("2"),
        {"operationType": "Delete", "id": "2"},
    )
    assert told.status == 200
    assert [one["statusCode"] for one in told.body] == [201, 200, 200, 200, 200, 201, 204]
    assert [one.get("resourceBody", {}).get("n") for one in told.body[:5]] == [None, 1, 1, 2, 3]
    assert told.body[4]["eTag"] == told.body[4]["resourceBody"]["_etag"]
    assert _ids(plane, docs) == ["1"]


@pytest.mark.parametrize(
    ("failing", "status"),
    [
        (_create("there"), 409),
        (_create("x", "b"), 400),
        ({"operationType": "Delete", "id": "nowhere"}, 404),
        ({"operationType": "Read", "id": "nowhere"}, 404),
        ({"operationType": "Delete", "id": "there", "ifMatch": '"old"'}, 412),
        ({"operationType": "Invent", "id": "there"}, 400),
    ],
)
def test_one_operation_that_fails_undoes_all(
    plane: Plane, failing: dict[str, Any], status: int
) -> None:
    docs = plane.container()
    plane.ask("POST", docs, {"id": "there", "pk": "a"}, pk="a")
    told = _sent(plane, docs, _create("1"), failing, _create("2"))
    assert told.status == 207
    assert [one["statusCode"] for one in told.body] == [424, status, 424]
    assert _ids(plane, docs) == ["there"]
    # What comes next is not held up by what was undone.
    assert _sent(plane, docs, _create("1")).status == 200


def test_a_batch_has_a_hundred_operations_at_most(plane: Plane) -> None:
    docs = plane.container()
    assert _sent(plane, docs, *[_create(str(n)) for n in range(101)]).status == 400
    assert _sent(plane, docs, *[_create(str(n)) for n in range(100)]).status == 200
    assert _sent(plane, docs).status == 400


def test_a_batch_that_is_not_whole_or_not_at_all_is_refused(plane: Plane) -> None:
    docs = plane.container()
    headers = {**_BATCH, "x-ms-cosmos-batch-atomic": "False"}
    assert plane.ask("POST", docs, [_create("1")], pk="a", **headers).status == 400
