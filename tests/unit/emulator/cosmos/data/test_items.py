"""Items: what may be one, what is kept of it, and on what condition it changes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.emulator.cosmos.data.driving import ACROSS, Plane

_DEEP: Any = "x"
for _ in range(130):
    _DEEP = [_DEEP]


def test_an_item_is_kept_as_it_was_given_beside_what_the_service_adds(plane: Plane) -> None:
    docs = plane.container()
    given_body = {"id": "Ä 1", "pk": "a", "n": [1, 2.5, {"x": None}], "text": "😀\n"}
    made = plane.ask("POST", docs, given_body, pk="a")
    assert made.status == 201
    shown = plane.ask("GET", f"{docs}/Ä 1", pk="a")
    assert {name: shown.body[name] for name in given_body} == given_body
    assert shown.body["_ts"] == int(plane.now)
    assert shown.headers["etag"] == shown.body["_etag"] == made.headers["etag"]
    assert float(shown.headers["x-ms-request-charge"]) >= 1
    assert shown.headers["x-ms-session-token"].startswith("0:")
    assert shown.headers["x-ms-alt-content-path"] == "dbs/d/colls/c"


def test_numbers_are_those_of_javascript(plane: Plane) -> None:
    docs = plane.container()
    plane.ask("POST", docs, b'{"id": "1", "pk": 1.0, "n": 9007199254740993, "f": 2.0}', pk=1)
    found = plane.ask("GET", f"{docs}/1", pk=1).body
    assert (repr(found["n"]), repr(found["f"])) == ("9007199254740992.0", "2")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"pk": "a"}', 400),
        (b'{"id": 1, "pk": "a"}', 400),
        (b'{"id": "", "pk": "a"}', 400),
        (b'{"id": "a/b", "pk": "a"}', 400),
        (b'{"id": "a?", "pk": "a"}', 400),
        (b'{"id": "\\ud800", "pk": "a"}', 400),
        (b'{"id": "1", "pk": "a", "n": NaN}', 400),
        (b'{"id": "1", "pk": "a", "n": 1e999}', 400),
        (b'{"id": "1", "pk": "a", "ttl": 0}', 400),
        (b'{"id": "1", "pk": "a", "ttl": "x"}', 400),
        (b'{"id": "1", "pk": "a", "ttl": null}', 400),
        (b'{"id": "1", "pk": {"x": 1}}', 400),  # as if it had no key: that is another partition
        ({"id": "1", "pk": "a", "deep": _DEEP}, 400),
        (b'{"id": "1", "pk": "a", "deep": ' + b"[" * 100_000, 400),
        ({"id": "x" * 1024, "pk": "a"}, 400),
        ({"id": "1", "pk": "a", "text": "x" * 2_097_152}, 413),
        ({"id": "x" * 1023, "pk": "a"}, 201),
        ({"id": "1", "pk": "a", "text": "x" * 2_000_000}, 201),
        (b'{"id": "1", "pk": "a", "text": "\\ud800"}', 201),
    ],
)
def test_what_may_be_an_item(plane: Plane, body: object, status: int) -> None:
    docs = plane.container()
    told = plane.ask("POST", docs, body, pk="a")
    assert told.status == status, told.body
    found = plane.query(docs, "SELECT VALUE COUNT(1) FROM c", pk="a").body["Documents"]
    assert found == [int(status == 201)]


def test_an_item_is_of_the_partition_that_its_request_names(plane: Plane) -> None:
    docs = plane.container("/site/id")
    body = {"id": "1", "site": {"id": "a"}}
    assert plane.ask("POST", docs, body).status == 400
    other = plane.ask("POST", docs, body, pk="b")
    assert (other.status, other.substatus) == (400, 1001)
    assert plane.ask("POST", docs, body, pk="a").status == 201
    assert plane.ask("GET", f"{docs}/1", pk="b").status == 404
    # One of no key is in a partition of its own; null is another.
    assert plane.ask("POST", docs, {"id": "1"}, pk={}).status == 201
    assert plane.ask("POST", docs, {"id": "1", "site": {"id": None}}, pk=None).status == 201
    assert plane.ask("POST", docs, {"id": "1"}, pk={}).status == 409


def test_a_change_holds_to_the_etag_that_it_names(plane: Plane) -> None:
    docs = plane.container()
    old = plane.ask("POST", docs, {"id": "1", "pk": "a"}, pk="a").headers["etag"]
    new = plane.ask("PUT", f"{docs}/1", {"id": "1", "pk": "a", "n": 1}, pk="a").headers["etag"]
    assert new != old
    upsert = {"x-ms-documentdb-is-upsert": "True"}
    changes: list[tuple[str, str, object, dict[str, str]]] = [
        ("PUT", f"{docs}/1", {"id": "1", "pk": "a"}, {}),
        ("POST", docs, {"id": "1", "pk": "a"}, upsert),
        ("PATCH", f"{docs}/1", {"operations": [{"op": "set", "path": "/n", "value": 2}]}, {}),
        ("DELETE", f"{docs}/1", None, {}),
    ]
    for method, path, body, headers in changes:
        refused = plane.ask(method, path, body, pk="a", **{"if-match": old, **headers})
        assert (refused.status, refused.body["code"]) == (412, "PreconditionFailed")
    assert plane.ask("GET", f"{docs}/1", pk="a", **{"if-none-match": new}).status == 304
    assert plane.ask("GET", f"{docs}/1", pk="a", **{"if-none-match": old}).status == 200
    assert plane.ask("DELETE", f"{docs}/1", pk="a", **{"if-match": new}).status == 204
    assert plane.ask("DELETE", f"{docs}/1", pk="a").status == 404


def test_an_item_may_be_replaced_by_one_of_another_id(plane: Plane) -> None:
    docs = plane.container()
    for name in ("1", "2"):
        plane.ask("POST", docs, {"id": name, "pk": "a"}, pk="a")
    assert plane.ask("PUT", f"{docs}/1", {"id": "2", "pk": "a"}, pk="a").status == 409
    assert plane.ask("PUT", f"{docs}/1", {"id": "3", "pk": "a"}, pk="a").status == 200
    found = plane.query(docs, "SELECT VALUE c.id FROM c", pk="a").body["Documents"]
    assert found == ["3", "2"]


def test_an_answer_to_a_change_is_short_where_that_is_asked_for(plane: Plane) -> None:
    docs = plane.container()
    made = plane.ask("POST", docs, {"id": "1", "pk": "a"}, pk="a", prefer="return=minimal")
    assert (made.status, made.body) == (201, None)
    assert made.headers["etag"]


def test_unique_keys_are_no_two_items_of_a_partition(plane: Plane) -> None:
    keys = {"uniqueKeys": [{"paths": ["/mail"]}, {"paths": ["/a", "/b"]}]}
    docs = plane.container(uniqueKeyPolicy=keys)
    assert plane.ask("POST", docs, {"id": "1", "pk": 1, "mail": "x", "a": 1}, pk=1).status == 201
    assert plane.ask("POST", docs, {"id": "2", "pk": 1, "mail": "x"}, pk=1).status == 409
    assert plane.ask("POST", docs, {"id": "2", "pk": 1, "mail": "y", "a": 1}, pk=1).status == 409
    assert plane.ask("POST", docs, {"id": "2", "pk": 2, "mail": "x", "a": 1}, pk=2).status == 201
    assert plane.ask("POST", docs, {"id": "2", "pk": 1, "mail": "y"}, pk=1).status == 201
    moved = plane.ask("PUT", f"{docs}/1", {"id": "1", "pk": 1, "mail": "z", "a": 1}, pk=1)
    assert moved.status == 200
    assert plane.ask("POST", docs, {"id": "3", "pk": 1, "mail": "x", "a": 2}, pk=1).status == 201
    plane.ask("DELETE", f"{docs}/3", pk=1)
    assert plane.ask("POST", docs, {"id": "4", "pk": 1, "mail": "x", "a": 3}, pk=1).status == 201


def test_an_item_is_reached_by_its_resource_id_too(plane: Plane) -> None:
    docs = plane.container()
    made = plane.ask("POST", docs, {"id": "1", "pk": "a"}, pk="a").body
    link = made["_self"].rstrip("/")
    assert plane.ask("GET", link, pk="a").body == made
    assert plane.ask("GET", link, pk="b").status == 404
    assert plane.ask("PUT", link, {"id": "1", "pk": "a", "n": 1}, pk="a").status == 200
    owner = link.rpartition("/docs/")[0]
    assert plane.ask("GET", owner).body["id"] == "c"
    found = plane.query(f"{owner}/docs", "SELECT VALUE c.n FROM c", pk="a")
    assert found.body["Documents"] == [1]
    assert plane.ask("DELETE", link, pk="a").status == 204
    assert plane.ask("GET", link, pk="a").status == 404
    plane.container()
    assert plane.ask("GET", owner).status == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/site/id", {"site": {"id": "x"}}),
        ('/"the/site"/id', {"the/site": {"id": "x"}}),
        ("""/'first "level" 1*()'/'le/vel2'""", {'first "level" 1*()': {"le/vel2": "x"}}),
        (r'/"a\"b"', {'a"b': "x"}),
    ],
)
def test_a_partition_key_s_path_leads_over_quoted_names(
    plane: Plane, path: str, body: dict[str, Any]
) -> None:
    docs = plane.container(path)
    assert plane.ask("POST", docs, {"id": "1", **body}, pk="x").status == 201
    assert plane.ask("POST", docs, {"id": "2"}, pk="x").substatus == 1001


def test_an_object_is_no_partition_key(plane: Plane) -> None:
    docs = plane.container()
    assert plane.ask("POST", docs, {"id": "1", "pk": {"x": 1}}, pk={}).status == 201
    assert plane.ask("GET", f"{docs}/1", pk={}).status == 200


@pytest.mark.parametrize("word", ["sprocs", "triggers", "udfs", "conflicts"])
def test_what_is_not_served_is_refused_by_its_address(plane: Plane, word: str) -> None:
    plane.container()
    refused = plane.ask("GET", f"dbs/d/colls/c/{word}")
    assert refused.status == 405
    assert word in refused.body["message"]


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "upsert", "replace", "delete", "read"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["a", 1, None]),
        st.integers(0, 3),
    ),
    max_size=25,
)


@given(_STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_operations_leave_what_a_dict_would_hold(plane: Plane, steps: list[Any]) -> None:
    docs = plane.container()
    model: dict[tuple[str, Any], int] = {}
    for verb, name, pk, value in steps:
        body, there = {"id": name, "pk": pk, "v": value}, (name, pk) in model
        if verb in {"create", "upsert"}:
            more = {"x-ms-documentdb-is-upsert": "True"} if verb == "upsert" else {}
            told = plane.ask("POST", docs, body, pk=pk, **more)
            wanted = 201 if not there else 200 if verb == "upsert" else 409
        elif verb == "replace":
            told = plane.ask("PUT", f"{docs}/{name}", body, pk=pk)
            wanted = 200 if there else 404
        else:
            told = plane.ask("GET" if verb == "read" else "DELETE", f"{docs}/{name}", pk=pk)
            wanted = 404 if not there else 200 if verb == "read" else 204
        assert told.status == wanted
        if verb == "delete":
            model.pop((name, pk), None)
        elif verb != "read" and wanted < 300:
            model[name, pk] = value
    found = plane.query(docs, "SELECT * FROM c", **ACROSS).body["Documents"]
    assert {(one["id"], one["pk"]): one["v"] for one in found} == model
    changed = plane.ask("GET", docs, **{"a-im": "Incremental Feed"})
    told_of = changed.body["Documents"] if changed.status == 200 else []
    assert {(one["id"], one["pk"]) for one in told_of} == model.keys()
    assert [one["_lsn"] for one in told_of] == sorted(one["_lsn"] for one in told_of)
