"""Storage accounts through the real azure-mgmt-storage, opened by the real storage SDKs."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.data.tables import TableServiceClient
from azure.mgmt.storage import StorageManagementClient
from azure.mgmt.storage.models import StorageAccount
from azure.storage.blob import BlobServiceClient
from azure.storage.fileshare import ShareServiceClient
from azure.storage.queue import QueueServiceClient
from tests import local_azure
from tests.local_azure import OTHER_SUBSCRIPTION, LocalAzure

_BODY: Any = {"location": "westus", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
_EMPTY: Any = {}
VERSIONS = ("2025-06-01", "2022-09-01")
_PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    service.resources().resource_groups.create_or_update("g", {"location": "westus"})
    yield service
    service.end()


@pytest.fixture(scope="module")
def account(azure: LocalAzure) -> Account:
    return Account(azure, "g", "shared")


class Account:
    """A storage account, and what opens it."""

    def __init__(self, azure: LocalAzure, group: str, name: str) -> None:
        self.group, self.name = group, name
        self.manager = azure.client(StorageManagementClient)
        made = self.manager.storage_accounts.begin_create(group, name, _BODY).result()
        self.endpoints = _endpoints(made)

    def both_keys(self) -> list[str]:
        found = self.manager.storage_accounts.list_keys(self.group, self.name).keys_property
        return [str(key.value) for key in found or ()]

    def blobs(self, key: str) -> BlobServiceClient:
        credential = AzureNamedKeyCredential(self.name, key)
        return BlobServiceClient(self.endpoints["blob"], credential, retry_total=0)

    def shares(self, key: str) -> ShareServiceClient:
        credential = AzureNamedKeyCredential(self.name, key)
        return ShareServiceClient(self.endpoints["file"], credential, retry_total=0)


def _endpoints(account: StorageAccount) -> dict[str, str]:
    assert account.properties is not None
    found = account.properties.primary_endpoints
    assert found is not None
    return {name: str(getattr(found, name)) for name in ("blob", "queue", "table", "file")}


def test_both_keys_open_all_servers_and_no_other_does(account: Account) -> None:
    for key in account.both_keys():
        credential = AzureNamedKeyCredential(account.name, key)
        name = f"n{uuid.uuid4().hex[:8]}"
        account.blobs(key).create_container(name)
        QueueServiceClient(account.endpoints["queue"], credential).create_queue(name)
        TableServiceClient(account.endpoints["table"], credential=credential).create_table(name)
        account.shares(key).create_share(name)
    wrong = account.both_keys()[0][::-1].lstrip("=") + "=="
    with pytest.raises(HttpResponseError, match="AuthorizationFailure"):
        account.blobs(wrong).create_container("wrong")
    with pytest.raises(ClientAuthenticationError):
        account.shares(wrong).create_share("wrong")


def test_a_regenerated_key_closes_what_the_old_one_opened(azure: LocalAzure) -> None:
    account = Account(azure, "g", "rekeyed")
    first, second = account.both_keys()
    account.blobs(first).create_container("kept")
    accounts = account.manager.storage_accounts
    accounts.regenerate_key(account.group, account.name, {"keyName": "key1"})
    renewed, same = account.both_keys()
    assert (renewed != first, same) == (True, second)
    for key in (renewed, second):
        assert [one.name for one in account.blobs(key).list_containers()] == ["kept"]
        list(account.shares(key).list_shares())
    with pytest.raises(HttpResponseError, match="AuthorizationFailure"):
        list(account.blobs(first).list_containers())
    with pytest.raises(ClientAuthenticationError):
        list(account.shares(first).list_shares())
    accounts.delete(account.group, account.name)


def test_parts_are_those_of_the_servers(azure: LocalAzure, account: Account) -> None:
    manager, where = account.manager, (account.group, account.name)
    key = account.both_keys()[0]
    labelled: Any = {"properties": {"metadata": {"a": "b"}}}
    made = manager.blob_containers.create(*where, "byarm", labelled)
    assert made.name == "byarm"
    account.blobs(key).create_container("bysdk")
    names = [one.name for one in manager.blob_containers.list(*where)]
    assert {"byarm", "bysdk"} <= set(names)
    assert account.blobs(key).get_container_client("byarm").exists()
    manager.blob_containers.delete(*where, "bysdk")
    assert not account.blobs(key).get_container_client("bysdk").exists()
    with pytest.raises(HttpResponseError, match="ContainerNotFound"):
        manager.blob_containers.get(*where, "bysdk")
    manager.queue.create(*where, "byarm", _EMPTY)
    assert [one.name for one in manager.queue.list(*where) if one.name == "byarm"] == ["byarm"]
    manager.queue.delete(*where, "byarm")
    manager.table.create(*where, "byarm")
    assert manager.table.get(*where, "byarm").name == "byarm"
    manager.table.delete(*where, "byarm")
    sized: Any = {"properties": {"shareQuota": 7}}
    manager.file_shares.create(*where, "byarm", sized)
    assert account.shares(key).get_share_client("byarm").get_share_properties().quota == 7
    manager.file_shares.delete(*where, "byarm")
    assert manager.blob_services.get_service_properties(*where).name == "default"
    path = f"/subscriptions/{local_azure.SUBSCRIPTION}/resourceGroups/g/providers"
    path = f"{path}/Microsoft.Storage/storageAccounts/{account.name}/blobServices/Default"
    assert azure.call("GET", path, version=VERSIONS[0])[0] == 200


def test_what_the_servers_cannot_do_is_refused(account: Account) -> None:
    body: Any = {"properties": {"immutableStorageWithVersioning": {"enabled": True}}}
    with pytest.raises(HttpResponseError, match="FeatureNotSupportedForAccount"):
        account.manager.blob_containers.create(account.group, account.name, "immutable", body)
    with pytest.raises(HttpResponseError) as refused:
        account.manager.blob_containers.create(account.group, account.name, "Bad--Name", _EMPTY)
    assert refused.value.error is not None
    assert refused.value.error.code == "InvalidResourceName"
    there = account.manager.blob_containers.list(account.group, account.name)
    assert "immutable" not in [one.name for one in there]


def test_lists_of_parts_go_by_the_beginning_of_names(account: Account) -> None:
    manager, where = account.manager, (account.group, account.name)
    for name in ("prefix-one", "prefix-two"):
        manager.blob_containers.create(*where, name, _EMPTY)
        manager.queue.create(*where, name, _EMPTY)
        manager.file_shares.create(*where, name, _EMPTY)
    for parts in (manager.blob_containers, manager.queue, manager.file_shares):
        assert [one.name for one in parts.list(*where, filter="prefix-t")] == ["prefix-two"]


@pytest.mark.parametrize("metadata", [{"a": None}, {"a b": "c"}, {"a": "b\nc"}, {"a": "\u0142"}])
def test_metadata_that_no_header_can_hold_is_refused(
    account: Account, azure: LocalAzure, metadata: dict[str, Any]
) -> None:
    path = f"/subscriptions/{local_azure.SUBSCRIPTION}/resourceGroups/g/providers"
    path = f"{path}/Microsoft.Storage/storageAccounts/{account.name}"
    body = {"properties": {"metadata": metadata}}
    for part in ("blobServices/default/containers", "queueServices/default/queues"):
        status, _, told = azure.call("PUT", f"{path}/{part}/labelled", body, VERSIONS[0])
        assert (status, told["error"]["code"]) == (400, "InvalidMetadata")


def test_lists_and_deletions_take_what_goes_meanwhile(account: Account) -> None:
    containers, where = account.manager.blob_containers, (account.group, account.name)

    def churn() -> None:
        for number in range(20):
            name = f"churn-{number % 2}"
            with suppress(ResourceExistsError, ResourceNotFoundError):
                containers.create(*where, name, _EMPTY, retry_total=0)
            containers.delete(*where, name, retry_total=0)

    with ThreadPoolExecutor(2) as both:
        working = [both.submit(churn) for _ in range(2)]
        while not all(one.done() for one in working):
            assert list(containers.list(*where, retry_total=0)) is not None
        for one in working:
            one.result()


def test_a_name_is_one_account_s_in_all_subscriptions(azure: LocalAzure, account: Account) -> None:
    check: Any = {"name": account.name, "type": "Microsoft.Storage/storageAccounts"}
    found = account.manager.storage_accounts.check_name_availability(check)
    assert (found.name_available, found.reason) == (False, "AlreadyExists")
    check["name"] = "Bad_Name"
    bad = account.manager.storage_accounts.check_name_availability(check)
    assert bad.reason == "AccountNameInvalid"
    other = azure.resources(OTHER_SUBSCRIPTION)
    other.resource_groups.create_or_update("g", {"location": "westus"})
    elsewhere = azure.client(StorageManagementClient, OTHER_SUBSCRIPTION)
    with pytest.raises(HttpResponseError, match="StorageAccountAlreadyTaken"):
        elsewhere.storage_accounts.begin_create("g", account.name, _BODY)
    azure.resources().resource_groups.create_or_update("g2", {"location": "westus"})
    with pytest.raises(HttpResponseError, match="StorageAccountInAnotherResourceGroup"):
        account.manager.storage_accounts.begin_create("g2", account.name, _BODY)


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("Upper", {}, "AccountNameInvalid"),
        ("nosku", {"sku": None}, "InvalidRequestPropertyValue"),
        ("wrongtier", {"properties": {"accessTier": "Warm"}}, "InvalidRequestPropertyValue"),
        ("misspelt", {"properties": {"accessTear": "Hot"}}, "InvalidRequestContent"),
        ("nowhere", {"location": "atlantis"}, "LocationNotAvailableForResourceType"),
    ],
)
def test_an_account_that_azure_would_not_make_is_refused(
    azure: LocalAzure, name: str, change: dict[str, Any], code: str
) -> None:
    path = f"/subscriptions/{local_azure.SUBSCRIPTION}/resourceGroups/g/providers"
    path = f"{path}/Microsoft.Storage/storageAccounts/{name}"
    answered = azure.call("PUT", path, {**_BODY, **change}, "2025-06-01")
    assert (answered[0], answered[2]["error"]["code"]) == (400, code)
    assert azure.call("GET", path, version="2025-06-01")[0] == 404


def test_what_an_answer_holds_may_be_sent_back(account: Account) -> None:
    accounts = account.manager.storage_accounts
    shown: Any = accounts.get_properties(account.group, account.name).as_dict()
    shown["tags"] = {"sent": "back"}
    again = accounts.begin_create(account.group, account.name, shown).result()
    assert again.tags == {"sent": "back"}
    assert _endpoints(again) == account.endpoints


def test_resources_are_listed_whatever_their_type(azure: LocalAzure, account: Account) -> None:
    found = azure.resources().resources.list_by_resource_group(
        "g", filter="resourceType eq 'Microsoft.Storage/storageAccounts'"
    )
    assert account.name in [one.name for one in found]


def test_a_group_goes_with_its_accounts_and_their_processes(azure: LocalAzure) -> None:
    azure.resources().resource_groups.create_or_update("g-gone", {"location": "westus"})
    account = Account(azure, "g-gone", "goesaway")
    key = account.both_keys()[0]
    account.blobs(key).create_container("box")
    assert (azure.location / "storage" / "goesaway").exists()
    azure.resources().resource_groups.begin_delete("g-gone").result()
    with pytest.raises(Exception, match="refused"):
        list(account.blobs(key).list_containers())
    assert not (azure.location / "storage" / "goesaway").exists()
    again = Account(azure, "g", "goesaway")
    assert again.both_keys()[0] != key
    assert list(again.blobs(again.both_keys()[0]).list_containers()) == []
    again.manager.storage_accounts.delete("g", "goesaway")


def azurites(location: Path) -> list[psutil.Process]:
    """Return the processes that serve blobs of a location."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if any(str(location) in word for word in words) and any("azurite" in w for w in words):
            found.append(process)
    return found


def _until(so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_without_azurite_an_account_s_creation_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNCYARD_AZURITE", str(tmp_path / "nothing"))
    azure = local_azure.start(tmp_path / "location", "--scale", "1000")
    try:
        azure.resources().resource_groups.create_or_update("g", {"location": "westus"})
        accounts = azure.client(StorageManagementClient).storage_accounts
        with pytest.raises(HttpResponseError, match="FUNCYARD_AZURITE"):
            accounts.begin_create("g", "unserved", _BODY).result()
        accounts.delete("g", "unserved")
    finally:
        azure.end()


def test_an_account_whose_creation_was_cut_short_is_made_and_a_deletion_goes_on(
    tmp_path: Path,
) -> None:
    location = tmp_path / "location"
    path = f"/subscriptions/{local_azure.SUBSCRIPTION}/resourceGroups/g"
    account = f"{path}/providers/Microsoft.Storage/storageAccounts/cutshort"

    def state(azure: LocalAzure, of: str) -> str:
        _, _, answered = azure.call("GET", of, version=VERSIONS[of == path])
        return str(answered.get("properties", answered.get("error")).get("provisioningState"))

    first = local_azure.start(location, "--scale", "20")
    try:
        first.call("PUT", path, {"location": "westus"})
        assert first.call("PUT", account, _BODY, "2025-06-01")[0] == 202
        assert state(first, account) == "Creating"
        keys = first.call("POST", f"{account}/listKeys", version="2025-06-01")
        assert keys[2]["error"]["code"] == "StorageAccountIsNotProvisioned"
    finally:
        first.kill()
    second = local_azure.start(location, "--scale", "20")
    try:
        _until(lambda: state(second, account) == "Succeeded")
        assert len(azurites(location)) == 1
        assert second.call("DELETE", path)[0] == 202
    finally:
        second.kill()
    third = local_azure.start(location, "--scale", "20")
    try:
        _until(lambda: third.call("GET", path)[0] == 404)
        assert not azurites(location)
        assert not (location / "storage" / "cutshort").exists()
    finally:
        third.end()


def test_accounts_survive_a_kill_at_their_addresses_and_no_process_does(tmp_path: Path) -> None:
    location = tmp_path / "location"
    first = local_azure.start(location, "--scale", "1000")
    try:
        first.resources().resource_groups.create_or_update("g", {"location": "westus"})
        account = Account(first, "g", "survivor")
        keys = account.both_keys()
        account.blobs(keys[0]).create_container("box").upload_blob("b", b"kept")
        account.shares(keys[0]).create_share("box")
        # The one server that dies alone is started again.
        (serving,) = azurites(location)
        os.kill(serving.pid, signal.SIGTERM)
        _until(lambda: [one.pid for one in azurites(location)] not in ([], [serving.pid]))
    finally:
        first.kill()
    second = local_azure.start(location, "--scale", "1000")
    try:
        accounts = second.client(StorageManagementClient).storage_accounts
        assert _endpoints(accounts.get_properties("g", "survivor")) == account.endpoints
        blob = account.blobs(keys[1]).get_blob_client("box", "b")
        assert blob.download_blob().readall() == b"kept"
        assert account.shares(keys[1]).get_share_client("box").get_share_properties().name == "box"
        assert len(azurites(location)) == 1
        credential = AzureNamedKeyCredential(account.name, keys[0])
        tables = TableServiceClient(account.endpoints["table"], credential=credential)
        tables.create_table("rows").create_entity({"PartitionKey": "a", "RowKey": "last words"})
    finally:
        second.kill()
    _until(lambda: not azurites(location))
    third = local_azure.start(location, "--scale", "1000")
    try:
        third.client(StorageManagementClient).storage_accounts.get_properties("g", "survivor")
        rows = list(tables.get_table_client("rows").list_entities())
        assert [row["RowKey"] for row in rows] == ["last words"]
    finally:
        third.end()
