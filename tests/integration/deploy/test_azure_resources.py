"""Resources of Azure, deployed to the local one: made, found the same, changed, taken away."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.core.pipeline.transport import HttpRequest
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.storage.blob import BlobClient
from tests import local_azure
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.azure.manager import Document, Manager
from funcyard.azure.storage import StorageAccount as Account
from funcyard.azure.transport import StorageTransport
from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.check import Absent, Drifted, Present, check
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Engine
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.refs import Json
from funcyard.deploy.resources.blob_document import BlobDocument
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.regions import UnknownRegionError, check_moves
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.role_assignment import RoleAssignment
from funcyard.deploy.resources.storage_account import (
    BlobContainer,
    FileShare,
    Queue,
    StorageAccount,
    Table,
)
from funcyard.deploy.resources.user_assigned_identity import UserAssignedIdentity

_WEST = "westeurope"
_BLOB = "of/Ä 100%.json"
_DOCUMENT: dict[str, Json] = {"a": 1, "b": ["x"]}
_BLOB_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """A local Azure whose work takes next to no time."""
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    yield service
    service.end()


@pytest.fixture
async def reach(azure: LocalAzure) -> AsyncIterator[Reach]:
    settings = azure.settings
    async with reached(identity_of(settings), cloud_of(settings)) as found:
        yield found


class Made:
    """A stack of its own in that Azure."""

    def __init__(self, reach: Reach, folder: Path, name: str | None = None) -> None:
        self.name = name or f"s{uuid.uuid4().hex[:12]}"
        self.folder = folder
        self.engine = Engine(self.name, reach, FolderStore(folder, self.name), REGISTRY)

    def graph(self, *, replication: str = "Standard_LRS") -> Graph[Reach]:
        group = ResourceGroup.of("setup.group", SUBSCRIPTION, self.name, _WEST)
        account = StorageAccount.of(
            "setup.storage", group, self.name, _WEST, replication=replication
        )
        who = UserAssignedIdentity.of("setup.identity", group, self.name, _WEST)
        return Graph(
            [
                group,
                account,
                who,
                BlobContainer.of("setup.cold", account, "cold"),
                Queue.of("setup.work", account, "work"),
                Table.of("setup.log", account, "Log"),
                FileShare.of("setup.files", account, "files"),
                RoleAssignment.of("setup.owner", account, _BLOB_OWNER, who),
            ]
        )

    def document(self, document: dict[str, Json]) -> Graph[Reach]:
        group = ResourceGroup.of("setup.group", SUBSCRIPTION, self.name, _WEST)
        account = StorageAccount.of("setup.storage", group, self.name, _WEST)
        cold = BlobContainer.of("setup.cold", account, "cold")
        told = BlobDocument.of("setup.told", cold, _BLOB, document)
        return Graph([group, account, cold, told])


@pytest.fixture
def made(reach: Reach, tmp_path: Path) -> Made:
    return Made(reach, tmp_path / "state")


@pytest.fixture(scope="module")
def shared_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


@pytest.fixture
async def shared(reach: Reach, shared_state: Path) -> Made:
    """A stack whose account is made once, and which begins each test with its document."""
    made = Made(reach, shared_state, "sharedaccount")
    report = await deploy(made.engine, made.document(_DOCUMENT))
    assert report is not None
    assert report.failures() == {}
    return made


async def test_nothing_is_deleted_to_move_it_to_a_region_that_there_is_not(made: Made) -> None:
    """A slip of the pen in a region would cost all readings, before Azure has seen it."""
    moved, slip = (
        Graph([ResourceGroup.of("setup.group", SUBSCRIPTION, made.name, region)])
        for region in ("northeurope", "nortgeurope")
    )
    await check_moves(made.engine.cloud, slip, (await made.engine.store.read()).state)
    await deploy(made.engine, Graph([made.graph().resources["setup.group"]]))
    state = (await made.engine.store.read()).state

    await check_moves(made.engine.cloud, moved, state)
    with pytest.raises(UnknownRegionError, match="has no region nortgeurope") as told:
        await check_moves(made.engine.cloud, slip, state)
    assert "northeurope" in (told.value.hint or "")
    await destroy(made.engine)


async def test_a_stack_is_made_found_the_same_opened_by_what_it_gives_and_taken_away(
    made: Made, azure: LocalAzure
) -> None:
    report = await deploy(made.engine, made.graph())
    assert report is not None
    assert report.failures() == {}

    again = await plan(made.engine, made.graph())
    assert again.counts() == {Action.NONE: 8}
    storage = azure.client(StorageManagementClient)
    keys = storage.storage_accounts.list_keys(made.name, made.name)
    found = storage.storage_accounts.get_properties(made.name, made.name)
    assert found.minimum_tls_version == "TLS1_2"
    assert [one.name for one in storage.blob_containers.list(made.name, made.name)] == ["cold"]
    assert keys.keys is not None

    account = made.graph().resources["setup.storage"]
    secrets = await account.secrets(made.engine.cloud, frozenset({"connection_string"}))
    reached_by = Account.from_connection_string(secrets["connection_string"])
    async with reached_by.blobs() as blobs:
        assert [one.name async for one in blobs.list_containers()] == ["cold"]
    async with reached_by.queues() as queues:
        assert [one.name async for one in queues.list_queues()] == ["work"]

    gone = await destroy(made.engine)
    assert gone is not None
    assert gone.failures() == {}
    with pytest.raises(ResourceNotFoundError):
        azure.resources().resource_groups.get(made.name)


async def test_what_is_changed_behind_its_back_is_told_and_mended(
    made: Made, azure: LocalAzure
) -> None:
    await deploy(made.engine, made.graph())
    storage = azure.client(StorageManagementClient)
    storage.storage_accounts.update(made.name, made.name, {"tags": {"owner": "ada"}})
    roles = azure.client(AuthorizationManagementClient)
    checked = await check(made.engine, made.graph(replication="Standard_GRS"))
    drifted = checked["setup.storage"]
    assert isinstance(drifted, Drifted)
    assert {str(one).partition(":")[0] for one in drifted.differences} == {
        "sku.name",
        "tags.funcyard-stack",
        "tags.funcyard-address",
    }

    report = await deploy(made.engine, made.graph(replication="Standard_GRS"))
    assert report is not None
    assert report.failures() == {}
    found = storage.storage_accounts.get_properties(made.name, made.name)
    assert found.tags is not None
    assert found.sku is not None
    assert (found.sku.name, found.tags["owner"]) == ("Standard_GRS", "ada")
    scope = made.graph().resources["setup.storage"].identity
    assert len(list(roles.role_assignments.list_for_scope(scope, filter="atScope()"))) >= 1
    assert (await destroy(made.engine)) is not None


async def test_an_identity_that_was_made_anew_gets_its_role_anew(
    made: Made, azure: LocalAzure
) -> None:
    await deploy(made.engine, made.graph())
    who = made.graph().resources["setup.identity"].identity
    assert azure.call("DELETE", who, version="2023-01-31")[0] in {200, 204}

    planned = await plan(made.engine, made.graph())
    assert planned.counts()[Action.CREATE] == 1
    report = await deploy(made.engine, made.graph())
    assert report is not None
    assert report.failures() == {}
    assert (await plan(made.engine, made.graph())).counts() == {Action.NONE: 8}
    assert (await destroy(made.engine)) is not None


async def _blob(made: Made) -> BlobClient:
    account = made.document(_DOCUMENT).resources["setup.storage"]
    secrets = await account.secrets(made.engine.cloud, frozenset({"connection_string"}))
    return BlobClient.from_connection_string(secrets["connection_string"], "cold", _BLOB)


async def test_a_document_is_held_as_it_is_declared_to_the_last_byte(made: Made) -> None:
    await deploy(made.engine, made.document(_DOCUMENT))
    with await _blob(made) as blob:
        assert json.loads(blob.download_blob().readall()) == {"a": 1, "b": ["x"]}
        assert blob.get_blob_properties().content_settings.content_type == "application/json"
        for content in (b'{"a": 1, "b": ["x"], "c": 2}', b'{"a":2,"b":["x"]}', b"\xff", b""):
            blob.upload_blob(content, overwrite=True)
            assert isinstance(
                (await check(made.engine, made.document(_DOCUMENT)))["setup.told"], Drifted
            )
            planned = await plan(made.engine, made.document(_DOCUMENT))
            assert planned.counts() == {Action.NONE: 3, Action.UPDATE: 1}
        await deploy(made.engine, made.document(_DOCUMENT))
        assert set((await check(made.engine, made.document(_DOCUMENT))).values()) == {Present()}
        blob.delete_blob()
        assert (await check(made.engine, made.document(_DOCUMENT)))["setup.told"] == Absent()
        changed = made.document({"a": 2})
        await deploy(made.engine, changed)
        assert json.loads(blob.download_blob().readall()) == {"a": 2}
    assert (await destroy(made.engine)) is not None


async def test_an_account_is_looked_at_once_however_much_lies_in_it(
    shared: Made, azure: LocalAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    get = Manager.get

    async def counted(self: Manager, identity: str, version: str) -> Document | None:
        asked[identity.rpartition("/")[2]] += 1
        return await get(self, identity, version)

    monkeypatch.setattr(Manager, "get", counted)
    async with reached(identity_of(azure.settings), cloud_of(azure.settings)) as again:
        engine = Engine(shared.name, again, shared.engine.store, REGISTRY)
        report = await deploy(engine, shared.document(_DOCUMENT))
        assert report is not None
        assert report.is_good
        assert asked == {shared.name: 2, "cold": 1}  # the group and the account are of one name


def _documents(made: Made, name: str, text: str) -> Graph[Reach]:
    """Return several documents in a container, one of which says something else than the others."""
    graph = made.document(_DOCUMENT)
    cold = graph.resources["setup.cold"]
    assert isinstance(cold, BlobContainer)
    more = [
        BlobDocument.of(f"more.{n}", cold, n, {"says": text if n == name else n})
        for n in ("of/b.json", "of/B.json", "other.json")
    ]
    return Graph([*graph, *more])


async def test_documents_of_a_container_are_looked_at_by_one_list_and_read_where_they_differ(
    shared: Made,
) -> None:
    asked: list[str] = []
    send = StorageTransport.send

    async def noted(self: StorageTransport, request: HttpRequest, **options: object) -> object:
        parts = urlsplit(request.url)
        what = "list" if "comp=list" in parts.query else unquote(parts.path).partition("/cold/")[2]
        asked.append(f"{request.method} {what}")
        return await send(self, request, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StorageTransport, "send", noted)
        await deploy(shared.engine, _documents(shared, "of/b.json", "b"))
        same = _documents(shared, "of/b.json", "b")
        asked.clear()
        assert set((await check(shared.engine, same)).values()) == {Present()}
        report = await deploy(shared.engine, same)
        assert report is not None
        assert {one.what for one in report.results.values()} == {"none"}
        assert asked == ["GET list"] * 2

        with await _blob(shared) as blob:
            content = json.dumps(_DOCUMENT, sort_keys=True, separators=(",", ":")).encode()
            blob.set_http_headers()  # which leaves it without an MD5
            asked.clear()
            assert set((await check(shared.engine, same)).values()) == {Present()}
            assert asked == ["GET list", f"GET {_BLOB}"]
            blob.upload_blob(content.replace(b"1", b"2"), overwrite=True)
            asked.clear()
            told = (await check(shared.engine, same))["setup.told"]
            assert isinstance(told, Drifted)
            assert "document.a: 2 → 1" in [str(one) for one in told.differences]
            assert asked == ["GET list", f"GET {_BLOB}"]

        changed = _documents(shared, "of/b.json", "c")
        planned = await plan(shared.engine, changed)
        acted = {one.resource.address for one in planned.steps.values() if one.decision.writes}
        assert acted == {"more.of/b.json", "setup.told"}


async def test_a_document_is_reached_after_its_account_got_another_key_and_no_key_is_kept(
    shared: Made, azure: LocalAzure
) -> None:
    accounts = azure.client(StorageManagementClient).storage_accounts
    accounts.regenerate_key(shared.name, shared.name, {"keyName": "key1"})
    report = await deploy(shared.engine, shared.document({"b": 1}))
    assert report is not None
    assert report.failures() == {}
    assert (await check(shared.engine, shared.document({"b": 1})))["setup.told"] == Present()
    keys = accounts.list_keys(shared.name, shared.name).keys_property or []
    kept = await asyncio.to_thread(_all_text, shared.folder)
    assert keys
    assert not any(str(one.value) in kept for one in keys)


def _all_text(folder: Path) -> str:
    return "".join(one.read_text("utf-8") for one in folder.rglob("*") if one.is_file())
