"""What every store does, wherever the workspace lies."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from tests.hostile_paths import ACCEPTED
from tests.integration.workspace.store.conftest import contents, fill

from funcyard.workspace.paths import parent_of
from funcyard.workspace.store.base import (
    CHUNK,
    Item,
    NoSuchPathError,
    PathTakenError,
    Store,
)

_ZERO = timedelta()


async def _read(store: Store, path: str) -> bytes:
    return b"".join([chunk async for chunk in store.read(path)])


async def _walked(store: Store, path: str = "") -> list[Item]:
    return [item async for item in store.walk(path)]


async def test_a_tree_reads_back_as_it_was_written(store: Store) -> None:
    tree: dict[str, bytes | None] = {"a.py": b"1", "folder": None, "folder/inner": None}
    tree |= {"folder/inner/b.py": b"\0\xff" * 10, "folder/empty": b"", "none": None}

    assert await contents(await fill(store, tree)) == tree


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])
async def test_every_size_is_written_and_read_whole(store: Store, size: int) -> None:
    content = random.Random(size).randbytes(size)  # noqa: S311  no secret
    await store.write("file", content)

    chunks = [chunk async for chunk in store.read("file")]

    assert b"".join(chunks) == content
    assert all(0 < len(chunk) <= CHUNK for chunk in chunks)
    item = await store.stat("file")
    assert item is not None
    assert item.size == size


async def test_every_accepted_path_reads_back_under_its_own_name(store: Store) -> None:
    paths = [f"{number}/{path}" for number, path in enumerate(ACCEPTED)]
    for path in paths:
        names = path.split("/")
        for depth in range(1, len(names)):
            await store.make_directory("/".join(names[:depth]))
        await store.write(path, path.encode())

    files = [item.path for item in await _walked(store) if not item.is_directory]

    assert sorted(files) == sorted(paths)
    assert [await _read(store, path) for path in paths] == [path.encode() for path in paths]
    for path in paths:
        item = await store.stat(path)
        assert item is not None
        assert item.path == path


async def test_a_write_replaces_what_was_there(store: Store) -> None:
    await fill(store, {"a": b"a longer content", "b": b"other"})
    before = datetime.now(UTC)

    await store.write("a", b"short")

    assert await contents(store) == {"a": b"short", "b": b"other"}
    item = await store.stat("a")
    assert item is not None
    assert item.modified > before - timedelta(seconds=5)
    assert item.modified.tzinfo is not None


async def test_names_that_differ_by_case_are_one(store: Store) -> None:
    await fill(store, {"Folder": None, "Folder/Read.me": b"1"})

    assert await store.make_directory("FOLDER") is False
    await store.write("folder/READ.ME", b"2")

    assert await _read(store, "fOLDER/read.Me") == b"2"
    assert [item.path.lower() for item in await _walked(store)] == ["folder", "folder/read.me"]
    assert await store.stat("FOLDER/READ.ME") is not None
    assert await store.remove_file("folder/read.me") is True
    assert await store.remove_directory("foLder") is True
    assert await _walked(store) == []


async def test_a_file_is_spelled_as_it_was_written_last(store: Store) -> None:
    await fill(store, {"Read.me": b"1", "README.md": b"2", "Readme.md": b"3"})

    assert await contents(store) == {"Read.me": b"1", "Readme.md": b"3"}


async def test_a_walk_tells_every_folder_before_what_it_holds(store: Store) -> None:
    folders = ["a", "a/b", "a/b/c", "d", *(f"e{number}" for number in range(40))]
    tree: dict[str, bytes | None] = dict.fromkeys(folders)
    await fill(store, {**tree, **{f"{folder}/f": b"" for folder in folders}})

    seen = {""}
    for item in await _walked(store):
        assert parent_of(item.path) in seen
        seen.add(item.path)

    assert seen == {"", *folders, *(f"{folder}/f" for folder in folders)}


async def test_a_walk_of_a_part_tells_whole_paths(store: Store) -> None:
    await fill(store, {"a": None, "a/b": None, "a/b/f": b"", "c": b""})

    assert sorted(item.path for item in await _walked(store, "a")) == ["a/b", "a/b/f"]
    assert await _walked(store, "nowhere/at/all") == []
    assert await _walked(store, "c") == []


async def test_a_walk_that_is_left_early_leaves_nothing_running(store: Store) -> None:
    await fill(store, {f"d{number}": None for number in range(30)})
    before = len(asyncio.all_tasks())

    async with aclosing(cast("AsyncGenerator[Item]", store.walk())) as walk:
        async for _ in walk:
            break

    assert len(asyncio.all_tasks()) == before


async def test_nothing_stands_where_nothing_was_written(store: Store) -> None:
    await store.write("file", b"")

    for path in ("a", "a/b/c", "file/inside", "file/inside/deeper"):
        assert await store.stat(path) is None
        assert await store.remove_file(path) is False
        assert await store.remove_directory(path) is False
        with pytest.raises(NoSuchPathError):
            await _read(store, path)


async def test_the_root_is_a_folder(store: Store) -> None:
    root = await store.stat("")

    assert root is not None
    assert root.is_directory


async def test_a_folder_is_no_file(store: Store) -> None:
    await store.make_directory("folder")

    with pytest.raises(NoSuchPathError):
        await _read(store, "folder")
    with pytest.raises(PathTakenError):
        await store.write("folder", b"")
    with pytest.raises(PathTakenError):
        await store.remove_file("folder")
    assert await contents(store) == {"folder": None}


async def test_a_file_is_no_folder(store: Store) -> None:
    await store.write("file", b"1")

    with pytest.raises(PathTakenError):
        await store.make_directory("file")
    with pytest.raises(PathTakenError):
        await store.remove_directory("file")
    with pytest.raises(NoSuchPathError):
        await store.write("file/inside", b"")
    with pytest.raises(NoSuchPathError):
        await store.make_directory("file/inside")
    assert await contents(store) == {"file": b"1"}


async def test_what_a_write_goes_into_must_be_there(store: Store) -> None:
    with pytest.raises(NoSuchPathError):
        await store.write("folder/file", b"")
    with pytest.raises(NoSuchPathError):
        await store.make_directory("folder/inner")
    assert await _walked(store) == []


async def test_what_is_made_or_removed_says_whether_it_was_there(store: Store) -> None:
    assert await store.make_directory("a") is True
    assert await store.make_directory("a") is False
    await store.write("a/f", b"")
    with pytest.raises(PathTakenError):
        await store.remove_directory("a")
    assert await store.remove_file("a/f") is True
    assert await store.remove_file("a/f") is False
    assert await store.remove_directory("a") is True
    assert await store.remove_directory("a") is False


async def test_a_file_becomes_a_folder_and_a_file_again(store: Store) -> None:
    await store.write("x", b"file")
    await store.remove_file("x")
    await fill(store, {"x": None, "x/y": b"inside"})
    assert await contents(store) == {"x": None, "x/y": b"inside"}

    await store.remove_file("x/y")
    await store.remove_directory("x")
    await store.write("x", b"file")
    assert await contents(store) == {"x": b"file"}


async def test_many_writes_at_once_each_arrive(store: Store) -> None:
    await store.make_directory("d")

    await asyncio.gather(*(store.write(f"d/{n}", b"%d" % n) for n in range(60)))

    found = await contents(store)
    assert {path: found[path] for path in found if path != "d"} == {
        f"d/{n}": b"%d" % n for n in range(60)
    }


async def test_a_reader_finds_the_old_content_or_the_new(store: Store) -> None:
    patterns = [bytes([number]) * 70_000 for number in range(8)]
    await store.write("f", patterns[0])

    async def write() -> None:
        for pattern in patterns * 4:
            await store.write("f", pattern)

    writing = asyncio.create_task(write())
    seen = set()
    while not writing.done():
        seen.add(await _read(store, "f"))
    await writing

    assert seen <= set(patterns)


async def test_what_killed_writers_left_is_hidden_and_swept(store: Store) -> None:
    aside = ".funcyard~0123456789abcdef0123456789abcdef"
    await fill(store, {"a": None, "a/f": b"1", f"a/{aside}": b"half", aside: b"ha"})
    assert await contents(store) == {"a": None, "a/f": b"1"}

    assert await store.sweep(older_than=timedelta(hours=1)) == 0
    assert await store.stat(aside) is not None
    assert await store.sweep("a", older_than=_ZERO) == 1
    assert await store.sweep(older_than=_ZERO) == 1

    assert await store.stat(aside) is None
    assert await contents(store) == {"a": None, "a/f": b"1"}


async def test_what_killed_writers_left_keeps_no_folder(store: Store) -> None:
    aside = ".funcyard~0123456789abcdef0123456789abcdef"
    await fill(store, {"a": None, f"a/{aside}": b"half"})

    assert await store.remove_directory("a") is True
    assert await store.stat("a") is None


async def test_a_write_that_is_called_off_leaves_the_old_or_the_new(store: Store) -> None:
    await store.write("f", b"old")
    for pause in (0, 0.001, 0.003, 0.01):
        writing = asyncio.create_task(store.write("f", b"new" * 100_000))
        await asyncio.sleep(pause)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        assert await _read(store, "f") in {b"old", b"new" * 100_000}

    assert [item.path for item in await _walked(store)] == ["f"]


async def test_what_was_written_is_flushed_and_a_store_closes_twice(store: Store) -> None:
    await store.write("f", b"1")
    await store.flush()
    await store.close()
    await store.close()


async def test_preparing_what_is_there_changes_nothing(store: Store) -> None:
    await store.write("f", b"1")

    await store.prepare()

    assert await contents(store) == {"f": b"1"}


def _known(*contents: bytes) -> dict[str, int]:
    return {hashlib.sha256(one).hexdigest(): len(one) for one in contents}


@pytest.mark.parametrize("other", [b"", b"mine", b"a longer one", bytes(CHUNK + 1)])
async def test_only_a_content_that_may_be_lost_is_replaced_or_removed(
    store: Store, other: bytes
) -> None:
    await store.write("f", other)

    for known in ({}, _known(b"none", b"nor that")):
        with pytest.raises(PathTakenError):
            await store.write("f", b"new", over=known)
        with pytest.raises(PathTakenError):
            await store.remove_file("f", only=known)
        assert await contents(store) == {"f": other}
    await store.write("f", b"new", over=_known(b"none", other))
    assert await contents(store) == {"f": b"new"}
    assert await store.remove_file("f", only=_known(b"new")) is True
    assert await store.remove_file("f", only=_known(b"new")) is False
    await store.write("f", b"where nothing is", over=_known(other))
    assert await contents(store) == {"f": b"where nothing is"}


async def test_files_and_folders_are_moved_to_where_nothing_stands(store: Store) -> None:
    await fill(store, {"f": b"1", "folder": None, "folder/g": b"2", "to": None})

    await store.move("f", "to/f")
    await store.move("folder", "to/folder")
    with pytest.raises(PathTakenError):
        await store.move("to/f", "to/folder/g")
    with pytest.raises(NoSuchPathError):
        await store.move("f", "to/other")

    expected = {"to": None, "to/f": b"1", "to/folder": None, "to/folder/g": b"2"}
    assert await contents(store) == expected
