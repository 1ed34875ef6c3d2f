"""Queries as the service answers them: over one partition, over all, a page at a time."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tests.unit.emulator.cosmos.data.driving import ACROSS, QUERY, Plane

_RANGE = {"x-ms-documentdb-partitionkeyrangeid": "0"}


def _token(told: object) -> str:
    """Return a continuation that no page ended with."""
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


@pytest.fixture
def docs(plane: Plane) -> str:
    """Nine items in two partitions."""
    indexes = [[{"path": "/g"}, {"path": "/n", "order": "descending"}]]
    found = plane.container(indexingPolicy={"compositeIndexes": indexes})
    for number in range(1, 10):
        pk = "ab"[number % 2]
        body = {"id": str(number), "pk": pk, "n": number, "g": number % 3}
        assert plane.ask("POST", found, body, pk=pk).status == 201
    return found


def _values(plane: Plane, docs: str, text: str, **more: str) -> list[Any]:
    told = plane.query(docs, text, **more)
    assert told.status == 200, told.body
    assert told.headers["x-ms-item-count"] == str(told.body["_count"])
    found: list[Any] = told.body["Documents"]
    return found


def test_a_query_of_one_partition_is_answered_whole(plane: Plane, docs: str) -> None:
    assert _values(plane, docs, "SELECT VALUE COUNT(1) FROM c", pk="a") == [4]
    ordered = "SELECT VALUE c.n FROM c ORDER BY c.n DESC OFFSET 1 LIMIT 2"
    assert _values(plane, docs, ordered, pk="b") == [7, 5]


def test_a_query_over_all_has_to_be_meant(plane: Plane, docs: str) -> None:
    refused = plane.query(docs, "SELECT * FROM c")
    assert refused.status == 400
    assert "Cross partition query is required but disabled" in refused.body["message"]
    assert len(_values(plane, docs, "SELECT * FROM c", **ACROSS)) == 9
    pinned = "SELECT VALUE COUNT(1) FROM c WHERE c.pk = 'a' AND c.n > 2"
    assert _values(plane, docs, pinned) == [3]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT VALUE COUNT(1) FROM c",
        "SELECT * FROM c ORDER BY c.n",
        "SELECT DISTINCT VALUE c.g FROM c",
        "SELECT TOP 2 * FROM c",
    ],
)
def test_what_a_client_puts_together_comes_with_a_plan(plane: Plane, docs: str, text: str) -> None:
    refused = plane.query(docs, text, **ACROSS)
    assert (refused.status, refused.substatus) == (400, 1004)
    carried = json.loads(refused.body["additionalErrorInfo"])
    headers = {"x-ms-cosmos-is-query-plan-request": "True", "content-type": "application/json"}
    asked = plane.ask("POST", docs, {"query": text}, **headers)
    assert (asked.status, asked.body) == (200, carried)
    rewritten = carried["queryInfo"]["rewrittenQuery"]
    assert _values(plane, docs, rewritten, **ACROSS, **_RANGE)


def test_pages_end_where_they_are_told_and_lose_nothing(plane: Plane, docs: str) -> None:
    text = "SELECT VALUE c.n FROM c ORDER BY c.g, c.n DESC"
    found: list[Any] = []
    more: dict[str, str] = {}
    while True:
        told = plane.query(docs, text, **_RANGE, **{"x-ms-max-item-count": "2"}, **more)
        assert told.status == 200
        found += told.body["Documents"]
        if "x-ms-continuation" not in told.headers:
            break
        more = {"x-ms-continuation": told.headers["x-ms-continuation"]}
    assert found == [9, 6, 3, 7, 4, 1, 8, 5, 2]


def test_an_order_by_several_paths_needs_its_index(plane: Plane, docs: str) -> None:
    turned = "SELECT VALUE c.n FROM c ORDER BY c.g DESC, c.n ASC"
    assert _values(plane, docs, turned, pk="a")
    for text in (
        "SELECT * FROM c ORDER BY c.g, c.n",
        "SELECT * FROM c ORDER BY c.n DESC, c.g",
        "SELECT * FROM c ORDER BY c.g, c.n DESC, c.id",
    ):
        refused = plane.query(docs, text, pk="a")
        assert refused.status == 400
        assert "composite index" in refused.body["message"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * FROM c WHERE", "Syntax error"),
        ("SELECT * FROM c JOIN t IN c.tags", "JOIN is not supported"),
        ("SELECT * FROM c WHERE c.n = @n", "'@n' is not defined"),
        ("SELECT * FROM c WHERE " + "(" * 200 + "c.n" + ")" * 200, "nested that deep"),
        ("SELECT * FROM c WHERE c" + ".x" * 3000 + " = 1", "nested that deep"),
        ("SELECT * FROM c WHERE c.n = 1" + " " * 512 * 1024, "maximum limit"),
    ],
)
def test_a_query_that_is_none_is_refused_with_the_reason(
    plane: Plane, docs: str, text: str, message: str
) -> None:
    refused = plane.query(docs, text, pk="a")
    assert refused.status == 400
    assert message in refused.body["message"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"query": 1}, {}),
        ({"query": "SELECT * FROM c", "parameters": {}}, {}),
        ({"query": "SELECT * FROM c", "parameters": [{"value": 1}]}, {}),
        ({"query": "SELECT * FROM c"}, {"x-ms-max-item-count": "many"}),
        ({"query": "SELECT * FROM c"}, {"x-ms-max-item-count": "1" * 5000}),
        ({"query": "SELECT * FROM c"}, {"x-ms-continuation": "nonsense"}),
        ({"query": "SELECT * FROM c"}, {"x-ms-continuation": _token([1, [{"item": 1}], 1])}),
        ({"query": "SELECT * FROM c ORDER BY c.n"}, {"x-ms-continuation": _token([1, [], 1])}),
        ({"query": "SELECT * FROM c"}, {"x-ms-continuation": _token([float("inf"), [], 1])}),
        ({"query": "SELECT * FROM c"}, {"x-ms-documentdb-partitionkeyrangeid": "7"}),
    ],
)
def test_a_request_that_is_no_query_is_refused(
    plane: Plane, docs: str, body: object, headers: dict[str, str]
) -> None:
    assert plane.ask("POST", docs, body, **QUERY, **ACROSS, **headers).status == 400


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"x-ms-max-item-count": "9" * 30}, "no number"),
        ({"x-ms-continuation": "9" * 30}, "Continuation"),
        ({"x-ms-continuation": "9" * 5000}, "Continuation"),
        ({"a-im": "Incremental feed", "if-none-match": "9" * 30}, "change feed"),
        ({"x-ms-documentdb-partitionkey": "[" * 5000}, "is not supported"),
        ({"x-ms-documentdb-partitionkey": "[1e999]"}, "is not supported"),
        ({"x-ms-documentdb-partitionkey": "[NaN]"}, "is not supported"),
    ],
)
def test_a_feed_that_is_none_is_refused_with_the_reason(
    plane: Plane, docs: str, headers: dict[str, str], message: str
) -> None:
    refused = plane.ask("GET", docs, **headers)
    assert refused.status == 400
    assert message in refused.body["message"]


def test_a_query_of_what_is_listed_is_refused_where_it_is_nested_too_deep(plane: Plane) -> None:
    refused = plane.query("dbs", "SELECT * FROM c WHERE " + "1+" * 5000 + "1 = 2")
    assert refused.status == 400
    assert "nested that deep" in refused.body["message"]


def test_databases_and_containers_are_asked_for_too(plane: Plane, docs: str) -> None:
    assert docs
    for path, name in (("dbs", "Databases"), ("dbs/d/colls", "DocumentCollections")):
        found = plane.query(path, "SELECT VALUE r.id FROM root r WHERE r._ts > 1")
        assert found.body[name] == ["d" if path == "dbs" else "c"]
