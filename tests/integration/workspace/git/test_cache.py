"""The cache survives kills, corruption, full disks and company, and never grows without end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.workspace.git.conftest import (
    CacheOf,
    environment,
    processes_in,
    text,
    until,
    working,
)
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import TOKEN, Fault, GitServer

from funcyard.workspace.git import (
    CacheBrokenError,
    CacheBusyError,
    CacheFullError,
    Git,
    GitError,
    GitMissingError,
    RepositoryCache,
    RepositoryTooLargeError,
    RepositoryUrl,
    Token,
)
from funcyard.workspace.git.lock import locked

_FETCHING = """
import asyncio, json, os, sys
from pathlib import Path
from funcyard.workspace.git import Git, RepositoryCache, RepositoryUrl, Token

async def main(root, url, commit):
    cache = RepositoryCache(Path(root), RepositoryUrl.parse(url))
    tree = await cache.fetch(commit, token=Token(os.environ["TOKEN"]))
    print(json.dumps([file.path for file in tree.files]))

asyncio.run(main(*sys.argv[1:]))
"""


def fetching(cache: RepositoryCache, commit: str) -> subprocess.Popen[str]:
    """Start a process that fetches a commit into a cache and prints its paths."""
    command = [sys.executable, "-c", _FETCHING, str(cache.root), str(cache.url), commit]
    secret = {**os.environ, "TOKEN": TOKEN}  # not an argument, which another test looks for
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=secret)


def packs(cache: RepositoryCache) -> list[Path]:
    return sorted((cache.path / "objects" / "pack").iterdir())


async def test_the_cache_is_the_owners_alone(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    await cache.fetch(repository.commit({"a.py": "a"}), token=token)

    assert cache.root.stat().st_mode & 0o777 == 0o700
    assert cache.path.stat().st_mode & 0o777 == 0o700
    names = {path.name for path in cache.root.iterdir()}
    assert names == {cache.url.key, f"{cache.url.key}.lock"}
    assert not (cache.path / "hooks").exists()


async def test_two_repositories_have_two_caches(
    repository: ServedRepository, cache: RepositoryCache, token: Token, server: GitServer
) -> None:
    commit = repository.commit({"a.py": "a"})
    other = server.create("other").commit({"b.py": "b"})
    beside = RepositoryCache(cache.root, RepositoryUrl.parse(server.url("other")))

    assert await text(await cache.fetch(commit, token=token)) == {"a.py": "a"}
    assert await text(await beside.fetch(other, token=token)) == {"b.py": "b"}
    with pytest.raises(GitError):
        await beside.fetch(commit, token=token)


async def test_a_kill_in_the_middle_of_a_fetch_leaves_nothing_in_the_way(
    repository: ServedRepository, cache: RepositoryCache, token: Token, server: GitServer
) -> None:
    first = repository.commit({"a.py": "a"})
    second = repository.commit({"b.bin": os.urandom(200_000)})
    await cache.fetch(first, token=token)
    for drip in (50, 5_000):
        server.fault = Fault(drip=drip, on="/git-upload-pack")
        process = fetching(cache, second)
        await working(cache)
        if drip == 5_000:
            await until(lambda: list((cache.path / "objects" / "pack").glob("tmp_pack_*")))
        process.kill()
        process.communicate()
    server.fault = None

    tree = await cache.fetch(second, token=token)

    assert [file.path for file in tree.files] == ["a.py", "b.bin"]
    assert not processes_in(cache)
    assert not [path for path in packs(cache) if path.name.startswith("tmp_")]


async def test_git_killed_alone_is_an_error_and_the_next_fetch_is_good(
    repository: ServedRepository, cache: RepositoryCache, token: Token, server: GitServer
) -> None:
    commit = repository.commit({"a.bin": os.urandom(100_000)})
    server.fault = Fault(stall_after=50_000, on="/git-upload-pack")
    task = asyncio.create_task(cache.fetch(commit, token=token))

    def killed() -> bool:  # again in the cache that is made anew
        for process in processes_in(cache):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(os.getpgid(process.pid), signal.SIGKILL)
        return task.done()

    await working(cache)
    await until(killed)
    with pytest.raises(GitError):
        await task
    server.fault = None
    assert len((await cache.fetch(commit, token=token)).files) == 1


@pytest.mark.parametrize(
    "left",
    ["shallow.lock", "HEAD.lock", "config.lock", "refs/funcyard/00000001.lock", "packed-refs.lock"],
)
async def test_a_lock_that_a_killed_git_left_is_removed(
    repository: ServedRepository, cache: RepositoryCache, token: Token, left: str
) -> None:
    first = repository.commit({"a.py": "a"})
    second = repository.commit({"a.py": "b"})
    await cache.fetch(first, token=token)
    (cache.path / left).touch()

    assert await text(await cache.fetch(second, token=token)) == {"a.py": "b"}


def _truncated(cache: RepositoryCache) -> None:
    for path in packs(cache):
        path.chmod(0o600)
        os.truncate(path, path.stat().st_size // 2)


def _overwritten(cache: RepositoryCache) -> None:
    for path in packs(cache):
        path.chmod(0o600)
        content = bytearray(path.read_bytes())
        middle = len(content) // 2
        content[middle - 20 : middle + 20] = bytes(40)
        path.write_bytes(content)


def _emptied(cache: RepositoryCache) -> None:
    for path in packs(cache):
        path.unlink()


def _half_gone(cache: RepositoryCache) -> None:
    for path in packs(cache):
        if path.suffix == ".pack":
            path.unlink()


def _unpacked(cache: RepositoryCache) -> None:
    """Turn the packs into one file an object."""
    aside = [path.rename(cache.root / path.name) for path in packs(cache)]
    for path in aside:
        if path.suffix == ".pack":
            git_in(cache, "unpack-objects", "-q", given=path.read_bytes())
        path.unlink()


def _one_gone(cache: RepositoryCache) -> None:
    _unpacked(cache)
    loose = sorted(cache.path.glob("objects/??/*"))
    loose[len(loose) // 2].unlink()


def _headless(cache: RepositoryCache) -> None:
    (cache.path / "HEAD").write_bytes(b"\0\0\0")


def _misconfigured(cache: RepositoryCache) -> None:
    (cache.path / "config").write_text("[core\n")


def _shallow(cache: RepositoryCache) -> None:
    (cache.path / "shallow").write_text("rubbish\n")


def _a_file(cache: RepositoryCache) -> None:
    shutil.rmtree(cache.path)
    cache.path.write_text("rubbish")


def _ref(cache: RepositoryCache) -> None:
    next((cache.path / "refs" / "funcyard").iterdir()).write_text("rubbish")


def _refs_of_others(cache: RepositoryCache) -> None:
    (cache.path / "refs" / "funcyard" / "rubbish").write_text("rubbish")


@pytest.mark.parametrize(
    "break_it",
    [
        _truncated,
        _overwritten,
        _emptied,
        _half_gone,
        _one_gone,
        _headless,
        _misconfigured,
        _shallow,
        _a_file,
        _ref,
        _refs_of_others,
    ],
)
@pytest.mark.parametrize("again", ["same", "next"])
async def test_a_broken_cache_is_made_anew(
    repository: ServedRepository,
    cache: RepositoryCache,
    token: Token,
    break_it: object,
    again: str,
) -> None:
    files = {f"{number}.py": f"{number}\n" * 30 for number in range(30)}
    first = repository.commit(files)
    await cache.fetch(first, token=token)
    assert callable(break_it)
    break_it(cache)
    changed = {"7.py": "changed"} if again == "next" else {}
    commit = repository.commit(changed) if changed else first

    tree = await cache.fetch(commit, token=token)

    assert await text(tree) == files | changed


async def test_a_cache_that_breaks_while_it_is_read_is_made_anew_by_the_next_fetch(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    content = "".join(f"a{number**9} = {number}\n" for number in range(1000))
    commit = repository.commit({"a.py": content})
    tree = await cache.fetch(commit, token=token)
    _overwritten(cache)

    with pytest.raises(CacheBrokenError):
        await text(tree)
    again = await cache.fetch(commit, token=token)

    assert await text(again) == {"a.py": content}


async def test_content_that_is_not_what_its_id_says_is_never_given(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit({"a.py": "a" * 2000, "b.py": "b" * 2000})
    tree = await cache.fetch(commit, token=token)
    _unpacked(cache)
    one, other = (
        cache.path / "objects" / file.object_id[:2] / file.object_id[2:] for file in tree.files
    )
    one.chmod(0o600)
    one.write_bytes(other.read_bytes())

    with pytest.raises(CacheBrokenError, match="not what its id says"):
        await text(tree)
    again = await cache.fetch(commit, token=token)

    assert await text(again) == {"a.py": "a" * 2000, "b.py": "b" * 2000}


async def test_fetches_into_one_cache_go_one_after_another(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commits = [repository.commit({"a.py": f"{number}"}) for number in range(6)]
    others = [fetching(cache, commit) for commit in commits[:2]]

    trees = await asyncio.gather(*(cache.fetch(commit, token=token) for commit in commits))

    assert [await text(tree) for tree in trees] == [{"a.py": f"{n}"} for n in range(6)]
    for other in others:
        output, _ = other.communicate()
        assert (other.returncode, json.loads(output)) == (0, ["a.py"])


async def test_a_fetch_waits_for_another_only_so_long(
    repository: ServedRepository, limited: CacheOf, token: Token
) -> None:
    commit = repository.commit({"a.py": "a"})
    cache = limited(patience=0.1)
    cache.root.mkdir()
    async with locked(cache.root / f"{cache.url.key}.lock", patience=0):
        with pytest.raises(CacheBusyError):
            await cache.fetch(commit, token=token)

    assert len((await cache.fetch(commit, token=token)).files) == 1


async def test_many_pushes_do_not_pile_up(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    first = repository.commit({"a.py": "0", "kept.py": "kept"})
    await cache.fetch(first, token=token)
    for number in range(65):
        given = f"{number}".encode()
        blob = git_in(cache, "hash-object", "-w", "--stdin", given=given)
        git_in(cache, "pack-objects", "objects/pack/pack", given=blob.encode())
    for number in range(10):
        commit = repository.commit({"a.py": f"{number + 1}"})
        tree = await cache.fetch(commit, token=token)

    assert await text(tree) == {"a.py": "10", "kept.py": "kept"}
    assert len(list((cache.path / "refs" / "funcyard").iterdir())) == 8
    assert len([path for path in packs(cache) if path.suffix == ".pack"]) <= 11


def git_in(cache: RepositoryCache, *arguments: str, given: bytes = b"") -> str:
    ran = subprocess.run(
        ["git", *arguments],
        check=True,
        capture_output=True,
        input=given,
        cwd=cache.path,
        env=environment() | {"GIT_DIR": str(cache.path)},
    )
    return ran.stdout.decode().strip()


async def test_a_full_disk_is_told_and_leaves_room(
    repository: ServedRepository, url: RepositoryUrl, token: Token, disk: Path
) -> None:
    small = repository.commit({"a.py": "a"})
    large = repository.commit({"b.bin": os.urandom(3_000_000)})
    cache = RepositoryCache(disk / "caches", url)
    assert len((await cache.fetch(small, token=token)).files) == 1

    with pytest.raises(CacheFullError) as raised:
        await cache.fetch(large, token=token)

    assert raised.value.transient
    assert shutil.disk_usage(disk).used < 200_000
    assert len((await cache.fetch(small, token=token)).files) == 1


async def test_a_disk_without_any_room_is_told(
    repository: ServedRepository, url: RepositoryUrl, token: Token, disk: Path
) -> None:
    commit = repository.commit({"a.py": "a"})
    with (disk / "filler").open("wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, shutil.disk_usage(disk).free)

    with pytest.raises(CacheFullError):
        await RepositoryCache(disk / "caches", url).fetch(commit, token=token)


async def test_old_commits_make_room_on_a_full_disk(
    repository: ServedRepository, url: RepositoryUrl, token: Token, disk: Path
) -> None:
    cache = RepositoryCache(disk / "caches", url)
    for number in range(4):
        commit = repository.commit({"a.bin": os.urandom(700_000), "number": f"{number}"})
        tree = await cache.fetch(commit, token=token)
        assert len(tree.files) == 2


async def test_a_fetch_that_grows_too_large_is_ended_while_it_grows(
    repository: ServedRepository, limited: CacheOf, token: Token, server: GitServer
) -> None:
    commit = repository.commit({"huge.bin": os.urandom(5_000_000)})
    server.fault = Fault(stall_after=1_000_000, on="/git-upload-pack")
    cache = limited(pack_bytes=300_000)

    with pytest.raises(RepositoryTooLargeError, match="300,000 bytes"):
        await cache.fetch(commit, token=token)

    assert not processes_in(cache)
    assert not cache.path.exists()


async def test_a_fetch_that_was_too_large_is_refused_also_when_it_was_quick(
    repository: ServedRepository, limited: CacheOf, token: Token
) -> None:
    commit = repository.commit({"huge.bin": os.urandom(500_000)})
    for _ in range(2):
        with pytest.raises(RepositoryTooLargeError):
            await limited(pack_bytes=300_000).fetch(commit, token=token)


async def test_too_many_files_and_too_many_bytes_are_refused(
    repository: ServedRepository, limited: CacheOf, token: Token
) -> None:
    commit = repository.commit({f"{number}.py": "x" * 100 for number in range(20)})

    with pytest.raises(RepositoryTooLargeError, match="over 19 files"):
        await limited(files=19).fetch(commit, token=token)
    with pytest.raises(RepositoryTooLargeError, match="2,000 bytes; a workspace may be 1,999"):
        await limited(total_bytes=1999).fetch(commit, token=token)
    assert len((await limited(files=20, total_bytes=2000).fetch(commit, token=token)).files) == 20


async def test_a_commit_of_too_many_files_is_not_fetched_again_to_be_refused_again(
    repository: ServedRepository, limited: CacheOf, token: Token, server: GitServer
) -> None:
    commit = repository.commit({"a.py": "a", "b.py": "b"})
    for _ in range(2):
        with pytest.raises(RepositoryTooLargeError):
            await limited(files=1).fetch(commit, token=token)

    assert len(server.requests) == 2


async def test_a_tree_that_names_one_folder_a_billion_times_is_refused(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    level = repository.git("mktree", given=f"100644 blob {repository.blob(b'x')}\tfile\n".encode())
    for _ in range(9):
        lines = "".join(f"040000 tree {level}\tf{number}\n" for number in range(10))
        level = repository.git("mktree", given=lines.encode())
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    commit = repository.git(*who, "commit-tree", "-m", "Many", level)
    repository.reset(commit)

    with pytest.raises(RepositoryTooLargeError, match="over 20,000 files"):
        await cache.fetch(commit, token=token)


async def test_a_machine_without_git_is_told(limited: CacheOf, token: Token) -> None:
    with pytest.raises(GitMissingError, match="not installed"):
        await limited(git=Git(program="no-such-git")).fetch("1" * 40, token=token)
