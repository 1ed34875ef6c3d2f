"""Databases, containers and throughput: what may be one, and what of it may change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.emulator.cosmos.data.driving import Plane

_KEY: Any = {"paths": ["/pk"], "kind": "Hash", "version": 2}
_MANUAL = {"x-ms-offer-throughput": "500"}
_POLICY = {"throughputPolicy": {"incrementPercent": 5}}
_SETTINGS = json.dumps({"maxThroughput": 4000, "autoUpgradePolicy": _POLICY})
_AUTOSCALE = {"x-ms-cosmos-offer-autopilot-settings": _SETTINGS}


@pytest.mark.parametrize("name", ["", "a/b", "a\\b", "a?", "a#", "x" * 256, "end ", 1, None])
def test_a_name_that_is_none_is_refused(plane: Plane, name: object) -> None:
    assert plane.ask("POST", "dbs", {"id": name}).status == 400


@pytest.mark.parametrize(
    "more",
    [
        {"partitionKey": None},
        {"partitionKey": {"paths": []}},
        {"partitionKey": {"paths": ["pk"]}},
        {"partitionKey": {"paths": ["/a", "/b"], "kind": "MultiHash", "version": 2}},
        {"partitionKey": {"paths": ["/tags/[]"]}},
        {"partitionKey": {"paths": {"a": 1}}},
        {"partitionKey": {"paths": 5}},
        {"indexingPolicy": {"excludedPaths": 5}},
        {"indexingPolicy": {"includedPaths": ["/*"]}},
        {"indexingPolicy": {"compositeIndexes": {}}},
        {"indexingPolicy": {"compositeIndexes": [5]}},
        {"indexingPolicy": {"compositeIndexes": [["/a"]]}},
        {"indexingPolicy": {"compositeIndexes": [[{"path": 5}]]}},
        {"indexingPolicy": {"compositeIndexes": [[{"path": "/a", "order": "up"}]]}},
        {"indexingPolicy": {"indexingMode": 1}},
        {"indexingPolicy": {"indexedPaths": []}},
        {"vectorEmbeddingPolicy": {"vectorEmbeddings": 5}},
        {"vectorEmbeddingPolicy": {"vectorEmbeddings": [5]}},
        {"defaultTtl": 0},
        {"defaultTTL": 60},
        {"uniqueKeyPolicy": {"uniqueKeys": [{"paths": []}]}},
        {"uniqueKeyPolicy": []},
        {"computedProperties": [{"name": "x", "query": "SELECT VALUE 1 FROM c"}]},
    ],
)
def test_a_container_that_can_be_none_is_refused(plane: Plane, more: dict[str, Any]) -> None:
    plane.ask("POST", "dbs", {"id": "d"})
    body = {"id": "c", "partitionKey": _KEY, **more}
    refused = plane.ask("POST", "dbs/d/colls", body)
    assert (refused.status, refused.body["code"]) == (400, "BadRequest")
    assert plane.ask("GET", "dbs/d/colls").body["DocumentCollections"] == []


def test_what_is_there_is_not_made_twice_and_what_is_not_is_not_found(plane: Plane) -> None:
    plane.container()
    assert plane.ask("POST", "dbs", {"id": "d"}).status == 409
    assert plane.ask("POST", "dbs/d/colls", {"id": "c", "partitionKey": _KEY}).status == 409
    assert plane.ask("GET", "dbs/x").status == 404
    assert plane.ask("GET", "dbs/d/colls/x").status == 404
    assert plane.ask("GET", "dbs/x/colls/c").substatus == 1003
    assert plane.ask("DELETE", "dbs/d").status == 204
    assert plane.ask("GET", "dbs/d/colls/c/docs/1", pk="a").status == 404


def test_a_container_that_is_made_again_is_another(plane: Plane) -> None:
    docs = plane.container()
    once = plane.ask("GET", "dbs/d/colls/c").body["_rid"]
    plane.ask("POST", docs, {"id": "1", "pk": "a"}, pk="a")
    plane.container()
    known = {"x-ms-cosmos-intended-collection-rid": once}
    refused = plane.ask("GET", f"{docs}/1", pk="a", **known)
    assert (refused.status, refused.substatus) == (400, 1024)
    assert plane.ask("GET", f"{docs}/1", pk="a").status == 404


def test_partition_and_unique_keys_are_for_good(plane: Plane) -> None:
    plane.container()
    shown = plane.ask("GET", "dbs/d/colls/c").body
    for change in (
        {"partitionKey": {**_KEY, "paths": ["/other"]}},
        {"uniqueKeyPolicy": {"uniqueKeys": [{"paths": ["/mail"]}]}},
        {"id": "other"},
    ):
        assert plane.ask("PUT", "dbs/d/colls/c", {**shown, **change}).status == 400
    etag = {"if-match": shown["_etag"]}
    assert plane.ask("PUT", "dbs/d/colls/c", {**shown, "defaultTtl": 5}, **etag).status == 200
    assert plane.ask("PUT", "dbs/d/colls/c", shown, **etag).status == 412


@pytest.mark.parametrize(
    "settings",
    ["x", "[]", '{"maxThroughput": 10}', '{"maxThroughput": 4000, "autoUpgradePolicy": 1}'],
)
def test_a_throughput_that_cannot_be_had_is_refused(plane: Plane, settings: str) -> None:
    asked = {"x-ms-cosmos-offer-autopilot-settings": settings}
    assert plane.ask("POST", "dbs", {"id": "d"}, **asked).status == 400
    assert plane.ask("POST", "dbs", {"id": "d"}, **{"x-ms-offer-throughput": "x"}).status == 400


def test_how_much_a_container_holds_is_told_where_that_is_asked_for(plane: Plane) -> None:
    docs = plane.container()
    plane.ask("POST", docs, {"id": "1", "pk": "a"}, pk="a")
    asked = {
        "x-ms-documentdb-populatepartitionstatistics": "True",
        "x-ms-documentdb-populatequotainfo": "True",
    }
    told = plane.ask("GET", "dbs/d/colls/c", **asked)
    assert told.body["statistics"][0]["documentCount"] == 1
    assert "documentsCount=1;" in told.headers["x-ms-resource-usage"]


def _offers(plane: Plane) -> list[Any]:
    found: list[Any] = plane.ask("GET", "offers").body["Offers"]
    return found


def test_throughput_is_a_database_s_or_a_container_s(plane: Plane) -> None:
    plane.ask("POST", "dbs", {"id": "shared"}, **_MANUAL)
    shared = plane.ask("POST", "dbs/shared/colls", {"id": "c", "partitionKey": _KEY}).body
    plane.ask("POST", "dbs", {"id": "d"})
    usual = plane.ask("POST", "dbs/d/colls", {"id": "c", "partitionKey": _KEY}).body
    scaled = plane.ask("POST", "dbs/d/colls", {"id": "s", "partitionKey": _KEY}, **_AUTOSCALE).body
    found = {one["offerResourceId"]: one["content"] for one in _offers(plane)}
    assert shared["_rid"] not in found
    assert found[usual["_rid"]]["offerThroughput"] == 400
    settings = {"maxThroughput": 4000, "autoUpgradePolicy": _POLICY}
    assert found[scaled["_rid"]]["offerAutopilotSettings"] == settings
    assert len(found) == 3


def test_throughput_is_changed_within_its_bounds(plane: Plane) -> None:
    plane.container()
    (offer,) = _offers(plane)
    path = f"offers/{offer['id']}"
    date_signed = {"content": {"offerThroughput": 1000}}
    assert plane.ask("PUT", path, date_signed).body["content"]["offerThroughput"] == 1000
    for content in (
        {"offerThroughput": 399},
        {"offerThroughput": 450},
        {"offerThroughput": "x"},
        {"offerAutopilotSettings": {"maxThroughput": 4000}},
        {"offerAutopilotSettings": [1]},
        {"offerAutopilotSettings": {"autoUpgradePolicy": 1}},
    ):
        assert plane.ask("PUT", path, {"content": content}).status == 400
    assert plane.ask("GET", path).body["content"]["offerThroughput"] == 1000
    assert plane.ask("GET", "offers/none").status == 404


def test_a_serverless_account_provisions_nothing(plane: Plane) -> None:
    plane.serverless = True
    plane.container()
    assert _offers(plane) == []
    body = {"id": "x", "partitionKey": _KEY}
    refused = plane.ask("POST", "dbs/d/colls", body, **_MANUAL)
    assert refused.status == 400
    assert "serverless" in refused.body["message"]
