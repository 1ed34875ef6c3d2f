"""Storage, the view or the lease fails in the middle: what runs is whole, the next sync heals."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import BlobServiceClient
from tests.integration.workspace.sources import Branch, Files
from tests.integration.workspace.sync.conftest import version, view
from tests.integration.workspace.sync.worker import number_of, tree
from tests.integration.workspace.transport import Transport, torn_at_random

from funcyard.azure.errors import AzureUnreachableError
from funcyard.azure.retries import table_retries
from funcyard.azure.storage_retry import StorageRetry
from funcyard.errors import FuncyardError
from funcyard.workspace.store.base import StoreError, StoreFullError
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.lease import LeaseLostError, LeaseTerms
from funcyard.workspace.versions.storage import Versions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from funcyard.workspace.scopes import Scope

FIRST = {"a.py": b"one", "b/c.py": b"two", "d.py": b"three"}
SECOND = {"a.py": b"new", "b": b"now a file", "e/f.py": b"two"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[DirectoryStore]:
    store = DirectoryStore(tmp_path / "view")
    yield store
    await store.close()


def files_of(found: dict[str, bytes | None]) -> Files:
    return {path: content for path, content in found.items() if content is not None}


async def same(workspace: Workspace, scope: Scope, files: Files, kept: Files | None = None) -> None:
    """Check what the version holds, and that the view shows that, beside what it has to keep."""
    shown, held = await view(workspace, scope), await version(workspace, scope)
    assert files_of(shown) == {**files, **(kept or {})}
    assert files_of(held) == files
    assert kept or shown == held


async def pushed(workspace: Workspace, scope: Scope, files: Files) -> Branch:
    branch = Branch()
    branch.push(files)
    await workspace.sync(scope, branch)
    return branch


@pytest.mark.parametrize("call", ["write", "make_directory", "remove_file", "remove_directory"])
@pytest.mark.parametrize("after", [0, 1])
async def test_a_view_that_fails_anywhere_is_behind_is_told_and_the_next_sync_finishes_it(
    workspace: Workspace,
    scope: Scope,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    after: int,
) -> None:
    branch = await pushed(workspace, scope, FIRST)
    branch.push(SECOND)
    right = getattr(workspace.store, call)
    calls = 0

    async def failing(*given: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls > after:
            raise StoreFullError("the share is full")
        return await right(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(workspace.store, call, failing)
        result = await workspace.sync(scope, branch)
    if calls > after:
        assert result.status == "partial"
        assert isinstance(result.view_fault, StoreError)
    assert files_of(await version(workspace, scope)) == SECOND

    again = await workspace.sync(scope, branch)

    assert again.status == "unchanged"
    await same(workspace, scope, SECOND)


async def test_a_view_left_halfway_comes_right_also_when_the_version_it_showed_comes_back(
    workspace: Workspace, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pushed(workspace, scope, FIRST)
    branch = Branch()
    branch.push({**FIRST, "a.py": b"new", "b/c.py": b"new", "d.py": b"new"})
    write, left = workspace.store.write, 2

    async def failing(path: str, content: bytes, **named: Any) -> None:  # noqa: ANN401 - the store's
        nonlocal left
        left -= 1
        if left < 0:
            raise StoreFullError("the share is full")
        await write(path, content, **named)

    with monkeypatch.context() as patched:
        patched.setattr(workspace.store, "write", failing)
        assert (await workspace.sync(scope, branch)).status == "partial"

    await workspace.roll_back(scope, by="ann")

    await same(workspace, scope, FIRST)


async def test_nothing_is_removed_after_a_write_that_failed(
    workspace: Workspace, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = await pushed(workspace, scope, FIRST)
    branch.push({"new.py": b"new"})

    async def full(*_: object, **__: object) -> None:
        raise StoreFullError("the share is full")

    with monkeypatch.context() as patched:
        patched.setattr(workspace.store, "write", full)
        result = await workspace.sync(scope, branch)

    assert result.status == "partial"
    assert files_of(await view(workspace, scope)) == FIRST


async def test_why_a_view_is_behind_is_known_until_somebody_has_brought_it_up(
    workspace: Workspace, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = await pushed(workspace, scope, FIRST)
    assert await workspace.behind() == {}
    branch.push({"new.py": b"new"})

    async def full(*_: object, **__: object) -> None:
        raise StoreFullError("the share is full")

    with monkeypatch.context() as patched:
        patched.setattr(workspace.store, "write", full)
        await workspace.sync(scope, branch)
    assert {one: str(fault) for one, fault in (await workspace.behind()).items()} == {
        scope: "the share is full"
    }

    await Workspace(workspace.versions, workspace.store).show(scope)  # another instance
    assert await workspace.behind() == {}


async def test_a_view_that_somebody_changed_by_hand_is_noticed_on_the_way_or_by_verifying(
    workspace: Workspace, scope: Scope
) -> None:
    branch = await pushed(workspace, scope, FIRST)
    await workspace.store.remove_file(scope.place("b/c.py"))
    await workspace.store.remove_directory(scope.place("b"))
    await workspace.store.write(scope.place("a.py"), b"bad")
    await workspace.store.write(scope.place("more.py"), b"bad")
    branch.push({**FIRST, "b/new.py": b"new"})

    done = await workspace.sync(scope, branch)
    assert [one.path for one in done.view.kept] == ["a.py"]
    kept = {done.view.kept[0].at: b"bad", "more.py": b"bad"}
    await same(workspace, scope, {**FIRST, "b/new.py": b"new"}, kept)

    await workspace.store.write(scope.place("d.py"), b"THREE")
    found = await workspace.verify(scope, by="ann")

    assert (found.sound, found.damaged) == (True, ())
    assert (found.view.written, found.view.removed) == (("d.py",), ())
    kept[found.view.kept[0].at] = b"THREE"
    await same(workspace, scope, {**FIRST, "b/new.py": b"new"}, kept)


async def break_pack(workspace: Workspace, scope: Scope, how: str) -> None:
    current = await workspace.versions.current(scope)
    assert current is not None
    for pack, size in current[1].packs.items():
        blob = workspace.versions.container.pack(scope, pack)
        if how == "gone":
            await blob.delete_blob()
        else:
            await blob.upload_blob(b"x" * size, overwrite=True)


@pytest.mark.parametrize("how", ["gone", "overwritten"])
async def test_damaged_contents_are_taken_from_the_view_where_that_is_intact(
    workspace: Workspace, scope: Scope, how: str
) -> None:
    await pushed(workspace, scope, FIRST)
    await break_pack(workspace, scope, how)
    await workspace.store.write(scope.place("d.py"), b"bad")

    found = await workspace.verify(scope, by="ann")

    assert found.damaged == ("a.py", "b/c.py", "d.py")
    assert (found.lost, found.sound) == (("d.py",), False)
    told = found.as_dict()
    assert told["lost"] == ["d.py"]
    current = await workspace.versions.current(scope)
    assert current is not None
    one = current[1].files["a.py"]
    assert await workspace.versions.contents.one(current[1], one.sha256) == b"one"


async def test_damaged_contents_are_fetched_again_by_a_full_sync(
    workspace: Workspace, scope: Scope
) -> None:
    branch = await pushed(workspace, scope, FIRST)
    await break_pack(workspace, scope, "overwritten")
    await workspace.store.write(scope.place("d.py"), b"bad")

    result = await workspace.sync(scope, branch, full=True)

    assert (result.status, result.stored) == ("success", 11)
    await same(workspace, scope, FIRST, {result.view.kept[0].at: b"bad"})
    assert (await workspace.verify(scope, by="ann")).sound


async def test_a_damaged_manifest_is_replaced_by_the_next_sync(
    workspace: Workspace, scope: Scope, versions: Versions
) -> None:
    branch = await pushed(workspace, scope, FIRST)
    name = (await versions.ledger.read(scope)).current
    assert name is not None
    await versions.container.manifest(scope, name).upload_blob(b"junk", overwrite=True)
    fresh = Workspace(replace_library(versions), workspace.store)

    result = await fresh.sync(scope, branch)

    assert result.version is not None
    assert (result.status, result.version.number) == ("success", 2)
    await same(fresh, scope, FIRST)


def replace_library(versions: Versions) -> Versions:
    """The same versions as a worker has them that remembers no manifest."""
    versions.library = type(versions.library)(versions.container)
    return versions


async def test_a_worker_that_loses_the_lease_before_publishing_publishes_nothing(
    workspace: Workspace, scope: Scope, connection: str
) -> None:
    branch = await pushed(workspace, scope, FIRST)
    terms = LeaseTerms(seconds=0.4, renew_seconds=60, margin_seconds=0)
    async with AsyncExitStack() as stack:
        slow = Workspace(await versions_of(stack, connection, terms=terms), workspace.store)
        behind, asked, go = Branch(), asyncio.Event(), asyncio.Event()
        behind.push({"a.py": b"too late"})
        behind.asked, behind.pause = asked.set, go
        late = asyncio.create_task(slow.sync(scope, behind))
        await asked.wait()
        branch.push(SECOND)
        await workspace.sync(scope, branch, wait=30)
        go.set()

        with pytest.raises(LeaseLostError):
            await late

    await same(workspace, scope, SECOND)


async def versions_of(
    stack: AsyncExitStack,
    connection: str,
    *,
    transport: Transport | None = None,
    terms: LeaseTerms | None = None,
    tries: int | None = None,
) -> Versions:
    """Versions of a worker of its own."""
    once = {"retry_total": tries, "retry_connect": tries, "retry_read": tries}
    patient: dict[str, Any] = {"retry_policy": StorageRetry()}
    blobs = BlobServiceClient.from_connection_string(
        connection, transport=transport or Transport(), **(patient if tries is None else once)
    )
    tables = TableServiceClient.from_connection_string(
        connection,
        transport=transport or Transport(),
        **(table_retries() if tries is None else once),
    )
    await stack.enter_async_context(blobs)
    await stack.enter_async_context(tables)
    return Versions(blobs, tables, terms=terms)


async def test_storage_that_loses_every_tenth_request_loses_no_push(
    connection: str, scope: Scope, store: DirectoryStore
) -> None:
    async with AsyncExitStack() as stack:
        transport = Transport()
        workspace = Workspace(await versions_of(stack, connection, transport=transport), store)
        torn_at_random(transport, 0.1, seed=3)
        branch = Branch()
        for number in range(20):
            branch.push(tree(number))
            result = await workspace.sync(scope, branch)
            assert result.status == "success"
        transport.before = transport.after = None

        await same(workspace, scope, tree(19))


async def test_storage_that_fails_at_any_request_leaves_a_whole_version(
    connection: str, scope: Scope, store: DirectoryStore, versions: Versions
) -> None:
    sound = Workspace(versions, store)
    branch = await pushed(sound, scope, tree(1))
    terms = LeaseTerms(seconds=0.5, renew_seconds=60, margin_seconds=0)
    for number in range(2, 12):
        branch.push(tree(number))
        async with AsyncExitStack() as stack:
            transport = Transport()
            transport.before = refuses_after(number - 2)
            failing = await versions_of(
                stack, connection, transport=transport, terms=terms, tries=0
            )
            with suppress(FuncyardError):
                await Workspace(failing, store).sync(scope, branch)
        files = files_of(await version(sound, scope))
        assert files == tree(number_of(files))
        async with sound.session(scope, wait=30):
            pass  # what could not be given up ends by itself

    await sound.sync(scope, branch)
    await same(sound, scope, tree(11))


def refuses_after(count: int) -> Callable[[object], None]:
    """Refuse every request after some."""
    left = count

    def before(_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise ServiceRequestError("refused")

    return before


async def test_storage_that_is_down_is_told_and_changes_nothing(
    workspace: Workspace, scope: Scope
) -> None:
    branch = await pushed(workspace, scope, FIRST)
    branch.push(SECOND)
    async with AsyncExitStack() as stack:
        down = await versions_of(stack, nowhere())

        with pytest.raises(AzureUnreachableError) as told:
            await Workspace(down, workspace.store).sync(scope, branch)

    assert told.value.exit_code == 4
    await same(workspace, scope, FIRST)


def nowhere() -> str:
    """The connection string of an account that does not answer."""
    return (
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YWJj;"
        "BlobEndpoint=http://127.0.0.1:9/a;TableEndpoint=http://127.0.0.1:9/a"
    )
