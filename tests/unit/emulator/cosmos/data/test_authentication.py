"""What a data plane opens to, and what it does not."""

from __future__ import annotations

import pytest
from tests.unit.emulator.cosmos.data.driving import ACROSS, KEY, READING, Plane, signed

_OTHER = KEY.replace("a", "b")


def test_a_key_of_the_account_opens_all_of_it(plane: Plane) -> None:
    assert plane.ask("GET", "").body["writableLocations"][0]["name"] == "West US"
    docs = plane.container()
    assert plane.ask("POST", docs, {"id": "1", "pk": "a"}, pk="a").status == 201


@pytest.mark.parametrize("path", ["", "dbs", "dbs/d", "dbs/nowhere", "anything"])
def test_no_other_key_opens_anything(plane: Plane, path: str) -> None:
    assert plane.ask("GET", path, key=_OTHER).status == 401


@pytest.mark.parametrize(
    "header", ["", "nonsense", "type%3Daad%26ver%3D1.0%26sig%3Dtoken", "type%3Dmaster"]
)
def test_what_is_no_signature_opens_nothing(plane: Plane, header: str) -> None:
    refused = plane.ask("GET", "dbs", authorization=header)
    assert (refused.status, refused.body["code"]) == (401, "Unauthorized")


def test_a_signature_is_for_one_method_and_address(plane: Plane) -> None:
    date = "Mon, 12 Jan 1970 13:46:40 GMT"
    for method, path in (("POST", "dbs"), ("GET", "dbs/d"), ("GET", "")):
        header = signed(KEY, method, path, date)
        refused = plane.ask("GET", "dbs", authorization=header, **{"x-ms-date": date})
        assert refused.status == 401
    header = signed(KEY, "GET", "dbs", date)
    assert plane.ask("GET", "dbs", authorization=header, **{"x-ms-date": date}).status == 200


@pytest.mark.parametrize(("late", "status"), [(890, 200), (910, 403), (-890, 200), (-910, 403)])
def test_a_signature_counts_for_a_quarter_of_an_hour(
    plane: Plane, late: float, status: int
) -> None:
    plane.late = late
    assert plane.ask("GET", "dbs").status == status


def test_a_time_that_is_none_is_refused(plane: Plane) -> None:
    assert plane.ask("GET", "dbs", **{"x-ms-date": "yesterday"}).status == 401


def test_a_reader_s_key_reads_and_asks_and_changes_nothing(plane: Plane) -> None:
    docs = plane.container()
    plane.ask("POST", docs, {"id": "1", "pk": "a"}, pk="a")
    assert plane.ask("GET", f"{docs}/1", key=READING, pk="a").status == 200
    found = plane.query(docs, "SELECT * FROM c", key=READING, **ACROSS)
    assert len(found.body["Documents"]) == 1
    for method, path in (("POST", docs), ("PUT", f"{docs}/1"), ("DELETE", f"{docs}/1")):
        refused = plane.ask(method, path, {"id": "1", "pk": "a"}, key=READING, pk="a")
        assert (refused.status, refused.body["code"]) == (403, "Forbidden")


@pytest.mark.parametrize("claim", ["x-ms-documentdb-isquery", "x-ms-cosmos-is-query-plan-request"])
def test_a_reader_that_claims_to_ask_changes_nothing_either(plane: Plane, claim: str) -> None:
    docs = plane.container()
    plane.ask("POST", docs, {"id": "1", "pk": "a"}, pk="a")
    item, database, container = {"id": "1", "pk": "a", "n": 2}, {"id": "other"}, {"id": "c"}
    for method, path, body in (
        ("PUT", f"{docs}/1", item),
        ("PATCH", f"{docs}/1", {"operations": [{"op": "add", "path": "/n", "value": 2}]}),
        ("DELETE", f"{docs}/1", None),
        ("PUT", "dbs/d/colls/c", {**container, "partitionKey": {"paths": ["/pk"]}}),
        ("DELETE", "dbs/d/colls/c", None),
        ("DELETE", "dbs/d", None),
    ):
        refused = plane.ask(method, path, body, key=READING, pk="a", **{claim: "True"})
        assert refused.status == 403, (method, path)
    made = plane.ask("POST", "dbs", database, key=READING, **{claim: "True"})
    assert made.status in {400, 403}  # as a query it is none
    assert plane.ask("GET", "dbs/other").status == 404
    assert "n" not in plane.ask("GET", f"{docs}/1", pk="a").body


def test_an_account_that_takes_no_keys_opens_to_none(plane: Plane) -> None:
    plane.takes_keys = False
    assert plane.ask("GET", "dbs").status == 401
