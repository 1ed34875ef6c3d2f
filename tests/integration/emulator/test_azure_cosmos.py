"""Cosmos DB of the local Azure through Microsoft's own clients, unchanged."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.cosmos import ContainerProxy, CosmosClient, PartitionKey
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosBatchOperationError,
    CosmosHttpResponseError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)
from azure.mgmt.cosmosdb import CosmosDBManagementClient
from tests import local_azure
from tests.integration.emulator.cosmos import LOCATION, Account
from tests.local_azure import SUBSCRIPTION, LocalAzure

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g"
_VERSION = "2024-11-15"
_PATIENCE_SECONDS = 30
_LONG = 1_000_000  # a thousand seconds by the scale


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    service.resources().resource_groups.create_or_update("g", {"location": LOCATION})
    yield service
    service.end()


@pytest.fixture(scope="module")
def account(azure: LocalAzure) -> Account:
    return Account(azure, "g", "shared", serverless=False)


@pytest.fixture(scope="module")
def readings(account: Account) -> ContainerProxy:
    """Twenty-five items in two partitions, and one without a partition key."""
    made = account.container("readings")
    for number in range(25):
        made.create_item({"id": str(number), "pk": "ab"[number % 2], "n": number})
    return made


def _path(name: str, rest: str = "") -> str:
    return f"{_GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/{name}{rest}"


def test_items_are_made_read_changed_and_deleted(account: Account) -> None:
    items = account.container("items", "/site/id")
    body = {"id": "Ä 1", "site": {"id": "south"}, "n": 1}
    made = items.create_item(body)
    with pytest.raises(CosmosResourceExistsError):
        items.create_item(body)
    assert items.read_item("Ä 1", "south")["_etag"] == made["_etag"]
    changed = items.upsert_item({**body, "n": 2})
    with pytest.raises(CosmosAccessConditionFailedError):
        items.replace_item(
            "Ä 1", body, etag=made["_etag"], match_condition=MatchConditions.IfNotModified
        )
    operations = [{"op": "incr", "path": "/n", "value": 5}, {"op": "add", "path": "/x", "value": 1}]
    patched = items.patch_item("Ä 1", "south", operations, filter_predicate="FROM c WHERE c.n = 2")
    assert (changed["n"], patched["n"], patched["x"]) == (2, 7, 1)
    items.delete_item("Ä 1", "south")
    with pytest.raises(CosmosResourceNotFoundError):
        items.read_item("Ä 1", "south")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT VALUE c.n FROM c WHERE c.n > 21", [22, 23, 24]),
        ("SELECT VALUE COUNT(1) FROM c", [25]),
        ("SELECT VALUE SUM(c.n) FROM c WHERE c.n < 4", [6]),
        ("SELECT VALUE AVG(c.n) FROM c", [12]),
        ("SELECT VALUE MIN(c.n) FROM c WHERE c.pk = 'b'", [1]),
        ("SELECT VALUE MAX(c.n) FROM c", [24]),
        ("SELECT VALUE c.n FROM c ORDER BY c.n DESC OFFSET 2 LIMIT 3", [22, 21, 20]),
        ("SELECT TOP 2 VALUE c.n FROM c ORDER BY c.n", [0, 1]),
        ("SELECT DISTINCT VALUE c.pk FROM c", ["a", "b"]),
        ("SELECT DISTINCT VALUE c.pk FROM c ORDER BY c.pk DESC", ["b", "a"]),
        ("SELECT c.n AS number FROM c WHERE c.id IN ('3', '4')", [{"number": 3}, {"number": 4}]),
    ],
)
@pytest.mark.parametrize("page", [2, 100])
def test_a_query_over_all_partitions_is_put_together_by_the_client(
    readings: ContainerProxy, query: str, found: list[Any], page: int
) -> None:
    told = readings.query_items(query, enable_cross_partition_query=True, max_item_count=page)
    assert list(told) == found


def test_a_query_of_one_partition_and_with_parameters(readings: ContainerProxy) -> None:
    told: Any = readings.query_items(
        "SELECT VALUE c.n FROM c WHERE c.n BETWEEN @low AND @high ORDER BY c.n DESC",
        parameters=[{"name": "@low", "value": 3}, {"name": "@high", "value": 9}],
        partition_key="b",
    )
    assert list(told) == [9, 7, 5, 3]


def test_pages_are_gone_on_with_by_another_client(
    account: Account, readings: ContainerProxy
) -> None:
    query = "SELECT VALUE c.n FROM c ORDER BY c.n"
    pages = readings.query_items(query, partition_key="a", max_item_count=5).by_page()
    found: list[Any] = list(next(pages))
    token = pages.continuation_token  # type: ignore[attr-defined]  # of the client's pages
    other = account.client().get_database_client("twin").get_container_client("readings")
    rest = other.query_items(query, partition_key="a", max_item_count=100).by_page(token)
    found += next(rest)
    assert found == list(range(0, 25, 2))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM c WHERE c.n = ", "Syntax error"),
        ("SELECT * FROM c JOIN t IN c.tags", "JOIN is not supported"),
        ("SELECT COUNT(1) FROM c", "only supports 'VALUE <AggregateFunc>'"),
        ("SELECT * FROM c ORDER BY c.n, c.id", "composite index"),
    ],
)
def test_what_fails_in_azure_or_is_not_known_fails(
    readings: ContainerProxy, query: str, message: str
) -> None:
    with pytest.raises(CosmosHttpResponseError, match=message) as caught:
        list(readings.query_items(query, enable_cross_partition_query=True))
    assert caught.value.status_code == 400


def test_a_batch_has_effect_whole_or_not_at_all(account: Account) -> None:
    items = account.container("batches")
    done = items.execute_item_batch(
        [("create", ({"id": "1", "pk": "a"},)), ("patch", ("1", [_increment()])), ("read", ("1",))],
        "a",
    )
    assert [one["statusCode"] for one in done] == [201, 200, 200]
    with pytest.raises(CosmosBatchOperationError) as caught:
        items.execute_item_batch(
            [("create", ({"id": "2", "pk": "a"},)), ("create", ({"id": "1", "pk": "a"},))], "a"
        )
    assert (caught.value.status_code, caught.value.error_index) == (409, 1)
    assert [one["id"] for one in items.read_all_items()] == ["1"]


def _increment() -> dict[str, Any]:
    return {"op": "incr", "path": "/n", "value": 1}


def test_changes_are_told_from_where_a_reader_was(account: Account) -> None:
    items = account.container("changes")
    for number in range(5):
        items.create_item({"id": str(number), "pk": "ab"[number % 2], "n": 0})
    feed = items.query_items_change_feed(start_time="Beginning")
    assert [one["id"] for one in feed] == ["0", "1", "2", "3", "4"]
    of_one = items.query_items_change_feed(start_time="Beginning", partition_key="b")
    assert [one["id"] for one in of_one] == ["1", "3"]
    assert list(items.query_items_change_feed(start_time="Now")) == []
    token = items.client_connection.last_response_headers["etag"]
    items.upsert_item({"id": "1", "pk": "b", "n": 1})
    items.delete_item("0", "a")
    since = items.query_items_change_feed(continuation=token)
    assert [(one["id"], one["n"]) for one in since] == [("1", 1)]


def test_many_items_are_read_at_once(readings: ContainerProxy) -> None:
    wanted = [("1", "b"), ("2", "a"), ("nowhere", "a")]
    assert sorted(one["id"] for one in readings.read_items(wanted)) == ["1", "2"]
    (whole,) = readings.read_feed_ranges()
    told = readings.query_items("SELECT VALUE c.n FROM c", feed_range=whole)
    assert len(list(told)) == 25


async def test_the_asynchronous_client_works_too(
    account: Account, readings: ContainerProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", account.azure.ca)
    assert readings.id == "readings"
    async with account.async_client() as client:
        container = client.get_database_client("twin").get_container_client("readings")
        assert (await container.read_item("7", "b"))["n"] == 7
        counted: Any = container.query_items("SELECT VALUE COUNT(1) FROM c")
        assert [one async for one in counted] == [25]
        ordered: Any = container.query_items(
            "SELECT VALUE c.n FROM c ORDER BY c.n DESC", max_item_count=7
        )
        assert [one async for one in ordered] == list(range(24, -1, -1))
        feed = container.query_items_change_feed(start_time="Beginning")
        assert len([one async for one in feed]) == 25


def test_both_doors_lead_to_the_same_databases_and_containers(account: Account) -> None:
    manager = account.manager.sql_resources
    group, name = account.group, account.name
    resource: Any = {"properties": {"resource": {"id": "managed"}}}
    manager.begin_create_update_sql_database(group, name, "managed", resource).result()
    key = {"paths": ["/pk"], "kind": "Hash", "version": 2}
    made: Any = {
        "properties": {"resource": {"id": "hot", "partitionKey": key, "defaultTtl": _LONG}}
    }
    manager.begin_create_update_sql_container(group, name, "managed", "hot", made).result()
    database = account.client().get_database_client("managed")
    hot = database.get_container_client("hot")
    hot.create_item({"id": "1", "pk": "a"})
    assert hot.read()["defaultTtl"] == _LONG

    made["properties"]["resource"]["defaultTtl"] = 2 * _LONG
    manager.begin_create_update_sql_container(group, name, "managed", "hot", made).result()
    assert hot.read()["defaultTtl"] == 2 * _LONG
    assert hot.read_item("1", "a")["pk"] == "a"
    database.create_container("cold", PartitionKey(path="/pk"))
    listed = manager.list_sql_containers(group, name, "managed")
    assert [one.name for one in listed] == ["cold", "hot"]
    other: Any = {"properties": {"resource": {**made["properties"]["resource"], "id": "hot"}}}
    other["properties"]["resource"]["partitionKey"] = {"paths": ["/other"], "kind": "Hash"}
    with pytest.raises(HttpResponseError, match="partitionKey cannot be changed"):
        manager.begin_create_update_sql_container(group, name, "managed", "hot", other)

    manager.begin_delete_sql_database(group, name, "managed").result()
    with pytest.raises(CosmosResourceNotFoundError):
        hot.read()
    with pytest.raises(ResourceNotFoundError):
        manager.get_sql_database(group, name, "managed")


def test_throughput_is_told_and_changed_at_both_doors(account: Account) -> None:
    container = account.container("provisioned", offer_throughput=600)
    manager = account.manager.sql_resources
    where = (account.group, account.name, "twin", "provisioned")
    told = manager.get_sql_container_throughput(*where).properties
    assert told is not None
    assert told.resource is not None
    assert told.resource.throughput == container.get_throughput().offer_throughput == 600
    asked: Any = {"properties": {"resource": {"throughput": 800}}}
    manager.begin_update_sql_container_throughput(*where, asked).result()
    assert container.get_throughput().offer_throughput == 800
    container.replace_throughput(900)
    shown = manager.get_sql_container_throughput(*where).properties
    assert shown is not None
    assert shown.resource is not None
    assert shown.resource.throughput == 900


def test_a_key_that_was_regenerated_opens_nothing_any_more(azure: LocalAzure) -> None:
    account = Account(azure, "g", "rekeyed", serverless=True)
    account.database()
    accounts = account.manager.database_accounts
    once = account.key
    accounts.begin_regenerate_key("g", "rekeyed", {"keyKind": "primary"}).result()
    with pytest.raises(HttpResponseError) as caught:
        list(account.client(once).list_databases())
    assert caught.value.status_code == 401
    keys = dict(accounts.list_keys("g", "rekeyed"))
    assert keys["primaryMasterKey"] != once
    assert keys["secondaryMasterKey"] == account.keys["secondaryMasterKey"]
    for name in ("primaryMasterKey", "secondaryMasterKey", "secondaryReadonlyMasterKey"):
        assert [one["id"] for one in account.client(keys[name]).list_databases()] == ["twin"]
    with pytest.raises(CosmosHttpResponseError, match="read-only key"):
        account.client(keys["primaryReadonlyMasterKey"]).create_database("other")
    listed = accounts.list_connection_strings("g", "rekeyed").connection_strings
    assert listed is not None
    first = CosmosClient.from_connection_string(str(listed[0].connection_string), retry_total=0)
    assert [one["id"] for one in first.list_databases()] == ["twin"]


def test_an_account_is_somebody_s_alone_and_goes_with_its_data(azure: LocalAzure) -> None:
    azure.resources().resource_groups.create_or_update("g-gone", {"location": LOCATION})
    account = Account(azure, "g-gone", "goesaway", serverless=True)
    account.database()
    accounts = account.manager.database_accounts
    assert accounts.check_name_exists("goesaway") is True
    body: Any = {"location": LOCATION, "properties": _properties()}
    with pytest.raises(HttpResponseError, match="already taken"):
        accounts.begin_create_or_update("g", "goesaway", body)
    folder = azure.location / "cosmos" / "goesaway"
    assert folder.exists()
    azure.resources().resource_groups.begin_delete("g-gone").result()
    assert accounts.check_name_exists("goesaway") is False
    assert not folder.exists()
    again = Account(azure, "g", "goesaway", serverless=True)
    assert list(again.client().list_databases()) == []


def _properties(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "databaseAccountOfferType": "Standard",
        "locations": [{"locationName": LOCATION, "failoverPriority": 0}],
        **more,
    }


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("Upper", {}, "BadRequest"),
        ("ab", {}, "BadRequest"),
        ("mongo", {"kind": "MongoDB"}, "BadRequest"),
        ("cassandra", {"properties": _properties(capabilities=[{"name": "x"}])}, "BadRequest"),
        ("misspelt", {"properties": _properties(consistency={})}, "InvalidRequestContent"),
        (
            "nowhere",
            {"properties": _properties(locations=[{"locationName": "x", "failoverPriority": 0}])},
            "BadRequest",
        ),
        (
            "gaps",
            {
                "properties": _properties(
                    locations=[{"locationName": LOCATION, "failoverPriority": 1}]
                )
            },
            "BadRequest",
        ),
    ],
)
def test_an_account_that_azure_would_not_make_is_refused(
    azure: LocalAzure, name: str, change: dict[str, Any], code: str
) -> None:
    body = {"location": LOCATION, "properties": _properties(), **change}
    status, _, told = azure.call("PUT", _path(name), body, _VERSION)
    assert (status, told.get("code") or told["error"]["code"]) == (400, code)
    assert azure.call("GET", _path(name), version=_VERSION)[0] == 404


@pytest.mark.parametrize(
    ("rest", "resource"),
    [
        ("/sqlDatabases/d", {"id": "other"}),
        ("/sqlDatabases/d", {}),
        ("/sqlDatabases/twin/containers/c", {"id": "c"}),
        ("/sqlDatabases/nowhere/containers/c", {"id": "c", "partitionKey": {"paths": ["/a"]}}),
        (
            "/sqlDatabases/twin/containers/c",
            {"id": "c", "partitionKey": {"paths": ["/a", "/b"], "kind": "MultiHash"}},
        ),
    ],
)
def test_a_part_that_can_be_none_is_refused_at_once(
    azure: LocalAzure, account: Account, rest: str, resource: dict[str, Any]
) -> None:
    account.database()
    path = _path(account.name, rest)
    body = {"properties": {"resource": resource}}
    assert azure.call("PUT", path, body, _VERSION)[0] in {400, 404}
    assert azure.call("GET", path, version=_VERSION)[0] == 404


def test_what_an_answer_holds_may_be_sent_back(azure: LocalAzure, account: Account) -> None:
    account.container("returned")
    for rest in ("", "/sqlDatabases/twin", "/sqlDatabases/twin/containers/returned"):
        path = _path(account.name, rest)
        _, _, shown = azure.call("GET", path, version=_VERSION)
        status, headers, told = azure.call("PUT", path, shown, _VERSION)
        assert status in {200, 202}, told
        _until_done(azure, headers["azure-asyncoperation"])
    assert account.client().get_database_client("twin").get_container_client("returned").read()


def _until_done(azure: LocalAzure, path: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (status := azure.call("GET", path)[2]["status"]) != "Succeeded":
        assert status in {"Enqueued", "Dequeued"}
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_kill_loses_nothing_that_was_answered_and_goes_on_with_the_rest(tmp_path: Path) -> None:
    location = tmp_path / "location"
    first = local_azure.start(location, "--scale", "100")
    written: list[str] = []
    try:
        first.resources().resource_groups.create_or_update("g", {"location": LOCATION})
        account = Account(first, "g", "survivor", serverless=True)
        items = account.container("items")
        writer = threading.Thread(target=_write_on, args=(items, written))
        writer.start()
        while len(written) < 30:
            time.sleep(0.01)
        path = _path("survivor", "/sqlDatabases/later")
        body = {"properties": {"resource": {"id": "later"}}}
        assert first.call("PUT", path, body, _VERSION)[0] == 202
        assert first.call("GET", path, version=_VERSION)[0] == 404
    finally:
        first.kill()
    writer.join()
    second = local_azure.start(location, "--scale", "100")
    try:
        shown = second.client(CosmosDBManagementClient).database_accounts.get("g", "survivor")
        assert shown.document_endpoint == account.url
        kept = {one["id"] for one in items.read_all_items()}
        assert set(written) <= kept
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while second.call("GET", path, version=_VERSION)[0] != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        second.end()


def _write_on(items: ContainerProxy, written: list[str]) -> None:
    """Write items until nobody answers any more."""
    number = 0
    while True:
        number += 1
        try:
            items.create_item({"id": str(number), "pk": str(number % 3)})
        except Exception:  # noqa: BLE001 - the end is meant, however the client tells it
            return
        written.append(str(number))
