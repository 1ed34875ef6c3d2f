"""What is taken of a commit, what is left out and why, and how contents are read."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest
from tests.integration.workspace.git.conftest import CacheOf, processes_in, reasons, text
from tests.integration.workspace.git_repository import (
    Executable,
    ServedRepository,
    Submodule,
    Symlink,
)

from funcyard.workspace.git import RepositoryCache, Token
from funcyard.workspace.git.contents import blobs
from funcyard.workspace.git.process import Git
from funcyard.workspace.source import LeftOut, SourceTree

_POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    "size 12345\n"
)


async def test_files_have_gits_own_ids_and_are_sorted(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit({"b.py": "same", "a/b.py": "same", "a.py": Executable(b"a")})

    tree: SourceTree = await cache.fetch(commit, token=token)

    assert [file.path for file in tree.files] == ["a.py", "a/b.py", "b.py"]
    assert [file.object_id for file in tree.files] == [
        repository.git("rev-parse", f"{commit}:{path}") for path in ("a.py", "a/b.py", "b.py")
    ]
    assert tree.files[1].object_id == tree.files[2].object_id


async def test_links_and_submodules_are_left_out_and_told(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit(
        {
            "a.py": "a",
            "environ": Symlink("/proc/self/environ"),
            "inner/up": Symlink("../../.."),
            "to-a.py": Symlink("a.py"),
            "vendor/other": Submodule("2" * 40),
            ".gitmodules": '[submodule "o"]\n\tpath = vendor/other\n\turl = https://example.com/o\n',
        }
    )

    tree = await cache.fetch(commit, token=token)

    assert sorted(await text(tree)) == [".gitmodules", "a.py"]
    assert reasons(tree) == {
        "environ": "symlink",
        "inner/up": "symlink",
        "to-a.py": "symlink",
        "vendor/other": "submodule",
    }
    assert tree.left_out[-1].detail == f"another repository, at commit {'2' * 40}"


async def test_small_files_that_were_no_pointers_are_not_read_again_to_see_that(
    repository: ServedRepository,
    cache: RepositoryCache,
    token: Token,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def reading(place: Path, ids: Sequence[str], *, git: Git) -> AsyncGenerator[tuple[str, bytes]]:
        asked.extend(ids)
        return blobs(place, ids, git=git)

    monkeypatch.setattr("funcyard.workspace.git.tree.blobs", reading)
    files = {"a.py": f"a {uuid.uuid4()}", "big.bin": _POINTER}
    await cache.fetch(repository.commit(files), token=token)
    asked.clear()

    commit = repository.commit({"b.py": f"b {uuid.uuid4()}"})
    tree = await cache.fetch(commit, token=token)

    wanted = {repository.git("rev-parse", f"{commit}:{path}") for path in ("b.py", "big.bin")}
    assert set(asked) == wanted
    assert reasons(tree) == {"big.bin": "lfs"}


async def test_pointers_of_git_lfs_are_left_out_and_told(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit(
        {
            "model.bin": _POINTER,
            "again/model.bin": _POINTER,
            "about-lfs.md": f"A pointer looks like this:\n{_POINTER}",
            "empty": "",
        }
    )

    tree = await cache.fetch(commit, token=token)

    assert [file.path for file in tree.files] == ["about-lfs.md", "empty"]
    assert reasons(tree) == {"again/model.bin": "lfs", "model.bin": "lfs"}


async def test_githubs_folder_of_the_root_is_left_out_without_a_word(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit(
        {
            ".github/workflows/ci.yml": "on: push",
            ".github/link": Symlink("/etc/passwd"),
            ".gitignore": "*.pyc",
            "inner/.github/kept.yml": "kept",
        }
    )

    tree = await cache.fetch(commit, token=token)

    assert sorted(await text(tree)) == [".gitignore", "inner/.github/kept.yml"]
    assert not tree.left_out


async def test_the_platforms_folders_are_left_out_and_told(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit(
        {
            ".packages/requests/__init__.py": "stolen",
            ".Funcyard/settings": "stolen",
            "inner/.packages/kept.py": "kept",
        }
    )

    tree = await cache.fetch(commit, token=token)

    assert sorted(await text(tree)) == ["inner/.packages/kept.py"]
    assert reasons(tree) == {
        ".Funcyard/settings": "reserved",
        ".packages/requests/__init__.py": "reserved",
    }


async def test_names_that_differ_by_case_are_left_out_on_both_sides(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit(
        {
            "readme.md": "a",
            "README.md": "b",
            "Lib/a.py": "a",
            "lib/b.py": "b",
            "tool": "a file",
            "Tool/inner.py": "in a folder",
            "straße.py": "a",
            "STRASSE.py": "b",
            "alone.py": "alone",
            "Alone.py": Symlink("alone.py"),
        }
    )

    tree = await cache.fetch(commit, token=token)

    assert sorted(await text(tree)) == ["alone.py"]
    assert reasons(tree) == {"Alone.py": "symlink"} | dict.fromkeys(
        (
            *("readme.md", "README.md", "Lib/a.py", "lib/b.py", "tool", "Tool/inner.py"),
            *("straße.py", "STRASSE.py"),
        ),
        "case-collision",
    )
    told = {item.path: item.detail for item in tree.left_out}
    assert told["README.md"] == "its name differs from readme.md only by case"
    assert told["Lib/a.py"] == "its name differs from lib only by case"


async def test_names_that_no_workspace_can_hold_are_left_out_and_told(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    odd = [
        *("a:b.py", "what?.py", "back\\slash.py", "CON.txt", "dot.", "space ", "new\nline.py"),
        *("tab\t.py", "e\u0301.py", "x\u202ey.py", "a" * 255 + "é", 'quote".py', "deep/nul/a.py"),
    ]
    commit = repository.commit({"a.py": "a", **dict.fromkeys(odd, "odd")})

    tree = await cache.fetch(commit, token=token)

    assert sorted(await text(tree)) == ["a.py"]
    assert reasons(tree) == dict.fromkeys(odd, "invalid-path")


async def test_names_that_are_not_utf_8_are_left_out_and_told(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit({b"caf\xe9.py": "latin", "café.py": "utf-8"})

    tree = await cache.fetch(commit, token=token)

    assert await text(tree) == {"café.py": "utf-8"}
    assert tree.left_out == (LeftOut("caf\\xe9.py", "invalid-path", "its name is not UTF-8"),)


async def test_a_file_over_the_limit_is_left_out_and_told(
    repository: ServedRepository, limited: CacheOf, token: Token
) -> None:
    commit = repository.commit({"small.bin": b"x" * 1000, "large.bin": b"x" * 1001})

    tree = await limited(file_bytes=1000, total_bytes=1000).fetch(commit, token=token)

    assert [file.path for file in tree.files] == ["small.bin"]
    assert tree.left_out == (LeftOut("large.bin", "too-large", "1,001 bytes; a file may be 1,000"),)


async def test_contents_come_in_the_order_asked_for_whatever_bytes_they_are(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    contents = [b"", b"\n", b"\0" * 70_000, b"no end", os.urandom(300_000), b"blob 3\0abc"]
    commit = repository.commit({f"{n}": content for n, content in enumerate(contents)})
    tree = await cache.fetch(commit, token=token)
    ids = [file.object_id for file in tree.files]
    asked = [*reversed(ids), ids[4], ids[4]]

    got = [pair async for pair in tree.contents(asked)]

    assert [object_id for object_id, _ in got] == asked
    assert [content for _, content in got] == [*reversed(contents), contents[4], contents[4]]
    assert [pair async for pair in tree.contents([])] == []


async def test_only_contents_of_the_trees_own_files_are_given(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    first = await cache.fetch(repository.commit({"a.py": "a"}), token=token)
    second = await cache.fetch(repository.commit({"a.py": "b"}), token=token)

    for wrong in (first.files[0].object_id, first.revision, "HEAD", "1" * 40):
        with pytest.raises(ValueError, match="no file of"):
            _ = [pair async for pair in second.contents([wrong])]


async def test_a_reader_that_stops_early_leaves_no_process(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit({f"{n}.bin": os.urandom(200_000) for n in range(20)})
    tree = await cache.fetch(commit, token=token)
    reading = tree.contents([file.object_id for file in tree.files])

    await anext(reading)
    await asyncio.sleep(0.1)  # what Git writes ahead fills every buffer
    assert len(processes_in(cache)) == 1
    await reading.aclose()

    assert not processes_in(cache)


async def test_two_trees_of_one_cache_are_read_at_the_same_time(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    first = await cache.fetch(repository.commit({"a.py": "a", "b.py": "b"}), token=token)
    reading = first.contents([file.object_id for file in first.files])
    assert (await anext(reading))[1] == b"a"

    second = await cache.fetch(repository.commit({"a.py": "c"}), token=token)

    assert await text(second) == {"a.py": "c", "b.py": "b"}
    assert [content async for _, content in reading] == [b"b"]
