"""The share where requests are lost, spoiled, refused or late: what was asked for is there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from azure.storage.fileshare import generate_account_sas
from tests.fault_proxy import EVERY_FAULT, Fault, FaultProxy, Request
from tests.integration.emulator.conftest import ACCOUNT, Files
from tests.integration.workspace.store.conftest import account_of, contents

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.store.base import (
    CHUNK,
    ChangedWhileReadError,
    Store,
    StoreError,
    StoreFullError,
    StoreRefusedError,
    StoreUnreachableError,
)
from funcyard.workspace.store.share import ShareStore

_LARGE = bytes(range(256)) * (CHUNK // 256 + 1)
_ONE_RANGE = 1024 * 1024 + 1


@asynccontextmanager
async def _store(files: Files, name: str, url: str | None = None) -> AsyncIterator[ShareStore]:
    store = ShareStore(account_of(files, url), name)
    try:
        yield store
    finally:
        await store.close()


async def _work(store: Store) -> None:
    """Do one of everything."""
    await store.make_directory("a")
    await store.write("a/f", b"1")
    await store.write("a/f", b"2")
    await store.write("a/large", _LARGE[:_ONE_RANGE])
    await store.make_directory("b")
    await store.write("b/gone", b"3")
    await store.remove_file("b/gone")
    await store.remove_directory("b")


_DONE = {"a": None, "a/f": b"2", "a/large": _LARGE[:_ONE_RANGE]}


@pytest.mark.parametrize("fault", EVERY_FAULT)
async def test_a_fault_of_any_one_request_changes_nothing_of_the_outcome(
    files: Files, share: ShareStore, share_name: str, fault: Fault
) -> None:
    struck = -1
    with FaultProxy(files.url, silence=0.05) as proxy:
        proxy.plan = lambda request: fault if request.number == struck else None
        async with _store(files, share_name, proxy.url) as store:
            await _work(store)
            assert await contents(store) == _DONE
            requests = len(proxy.seen)
            for path in ("a/f", "a/large"):
                await share.remove_file(path)
            await share.remove_directory("a")
            for number in range(requests):
                struck = len(proxy.seen) + number
                await _work(store)
                assert await contents(store) == _DONE

    assert proxy.met == {fault: requests}


async def test_a_tree_arrives_where_one_request_in_twenty_fails(
    files: Files, share: ShareStore, share_name: str
) -> None:
    tree = {f"d{n % 10}/f{n}": b"%d" % n * n for n in range(200)}
    with FaultProxy(files.url, share=0.05, latency=0.005, silence=0.2) as proxy:
        async with _store(files, share_name, proxy.url) as store:
            for number in range(10):
                await store.make_directory(f"d{number}")
            await asyncio.gather(*(store.write(path, content) for path, content in tree.items()))
            found = await contents(store)

    assert {path: content for path, content in found.items() if content is not None} == tree
    assert await contents(share) == found
    assert set(proxy.met) == set(EVERY_FAULT)


async def test_a_service_that_only_fails_is_told_as_unreachable(
    files: Files, share: ShareStore, share_name: str
) -> None:
    await share.write("f", b"old")
    with FaultProxy(files.url, share=1.0, faults=(Fault.TORN_BEFORE, Fault.BUSY_503)) as proxy:
        async with _store(files, share_name, proxy.url) as store:
            with pytest.raises(StoreUnreachableError) as told:
                await store.write("f", b"new")

    assert told.value.exit_code == 4
    assert await contents(share) == {"f": b"old"}


async def test_a_write_costs_two_requests_and_a_folder_one(
    files: Files, share: ShareStore, share_name: str
) -> None:
    await share.prepare()
    with FaultProxy(files.url) as proxy:
        async with _store(files, share_name, proxy.url) as store:
            costs: dict[str, int] = {}

            def cost(of: str) -> None:
                costs[of] = len(proxy.seen)
                proxy.seen.clear()

            await store.make_directory("d")
            cost("make a folder")
            await store.write("d/f", b"1")
            cost("write")
            await store.write("d/f", b"2")
            cost("replace")
            await store.write("d/large", _LARGE * 2)
            cost("write 8 MiB and more")
            assert len([item async for item in store.walk()]) == 3
            cost("walk two folders")
            assert [chunk async for chunk in store.read("d/f")] == [b"2"]
            cost("read")
            await store.stat("d/f")
            cost("look at a file")
            await store.remove_file("d/f")
            cost("remove")

    assert costs == {
        "make a folder": 1,
        "write": 2,
        "replace": 2,
        "write 8 MiB and more": 5,
        "walk two folders": 2,
        "read": 1,
        "look at a file": 1,
        "remove": 1,
    }


async def test_what_a_lost_answer_of_a_rename_hid_is_looked_up_once(
    files: Files, share: ShareStore, share_name: str
) -> None:
    def plan(request: Request) -> Fault | None:
        lost = "comp=rename" in request.target and proxy.met == {}
        return Fault.TORN_AFTER if lost else None

    with FaultProxy(files.url, plan=plan) as proxy:
        async with _store(files, share_name, proxy.url) as store:
            await store.write("f", b"content")

    methods = Counter(request.method for request in proxy.seen)
    assert methods == {"PUT": 3, "HEAD": 1}
    assert await contents(share) == {"f": b"content"}


async def test_another_content_between_two_chunks_is_told(share: ShareStore) -> None:
    await share.write("f", _LARGE)
    reading = share.read("f")
    assert await anext(reading) == _LARGE[:CHUNK]
    await share.write("f", _LARGE + b"other")

    with pytest.raises(ChangedWhileReadError):
        await anext(reading)


async def test_a_shorter_content_between_two_chunks_is_told(share: ShareStore) -> None:
    await share.write("f", _LARGE)
    reading = share.read("f")
    await anext(reading)
    await share.write("f", b"short")

    with pytest.raises(ChangedWhileReadError):
        await anext(reading)


async def test_a_full_share_keeps_what_was_there(
    files: Files, share: ShareStore, share_name: str
) -> None:
    client = files.client().get_share_client(share_name)
    await share.write("f", b"old")
    client.set_share_quota(1)
    client.get_file_client("hole").create_file(2**30 - 10)

    with pytest.raises(StoreFullError) as told:
        await share.write("f", b"a content that is too long")

    assert "quota" in (told.value.hint or "")
    assert [chunk async for chunk in share.read("f")] == [b"old"]
    listed = [item["name"] for item in client.list_directories_and_files()]
    assert listed == ["f", "hole"]
    await share.remove_file("hole")
    await share.write("f", b"a content that is too long")


async def test_a_wrong_key_is_a_refusal_without_the_key(files: Files, share_name: str) -> None:
    key = "d3Jvbmc="
    account = StorageAccount(name=ACCOUNT, endpoints={"file": files.url}, key=key)
    store = ShareStore(account, share_name)
    with pytest.raises(StoreRefusedError) as told:
        await store.stat("f")
    await store.close()

    assert told.value.exit_code == 3
    assert key not in str(told.value.as_dict())


async def test_a_share_that_is_not_there_is_no_empty_workspace(
    files: Files, share_name: str
) -> None:
    async with _store(files, share_name) as store:
        with pytest.raises(StoreError):
            await store.stat("f")
        with pytest.raises(StoreError):
            await store.remove_file("f")
        with pytest.raises(StoreError):
            await store.remove_directory("d")
        with pytest.raises(StoreError):
            await contents(store)
        with pytest.raises(StoreError):
            await anext(store.read("f"))


async def test_a_shared_access_signature_is_right_enough(files: Files, share_name: str) -> None:
    signature = generate_account_sas(
        ACCOUNT,
        files.key,
        resource_types="sco",
        permission="rwdlc",
        expiry="2099-01-01T00:00:00Z",
    )
    account = StorageAccount(name=ACCOUNT, endpoints={"file": files.url}, sas=signature)
    store = ShareStore(account, share_name)
    await store.prepare()
    await _work(store)
    assert await contents(store) == _DONE
    await store.close()


async def test_what_was_left_by_writers_whose_answers_were_lost_is_swept(
    files: Files, share: ShareStore, share_name: str
) -> None:
    def plan(request: Request) -> Fault | None:
        return Fault.TORN_BEFORE if "comp=rename" in request.target else None

    with FaultProxy(files.url, plan=plan) as proxy:
        async with _store(files, share_name, proxy.url) as store:
            with pytest.raises(StoreUnreachableError):
                await store.write("f", b"1")

    assert await contents(share) == {}
    assert await share.sweep(older_than=timedelta()) == 1
    client = files.client().get_share_client(share_name)
    assert list(client.list_directories_and_files()) == []
