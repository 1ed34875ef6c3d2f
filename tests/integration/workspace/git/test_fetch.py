"""One commit of a repository is fetched, whole and verified, or an error says why not."""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from pathlib import Path

import pytest
from tests.integration.workspace.git.conftest import CacheOf, processes_in, text, working
from tests.integration.workspace.git_repository import Executable, ServedRepository
from tests.integration.workspace.git_server import Fault, GitServer

from funcyard.workspace.git import (
    BadCommitError,
    GitError,
    NoSuchBranchError,
    NoSuchCommitError,
    Progress,
    RepositoryCache,
    RepositoryTimeoutError,
    RepositoryUnreachableError,
    Token,
    UnsafeObjectsError,
)
from funcyard.workspace.git.process import Git


async def test_a_commit_is_fetched_with_every_file(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit({"a.py": "a = 1\n", "b/run.sh": Executable(b"#!/bin/sh\n")})

    tree = await cache.fetch(commit, token=token)

    assert tree.revision == commit
    assert await text(tree) == {"a.py": "a = 1\n", "b/run.sh": "#!/bin/sh\n"}
    assert [file.size for file in tree.files] == [6, 10]
    assert not tree.left_out


async def test_a_commit_that_is_there_is_read_without_asking_the_server(
    repository: ServedRepository, cache: RepositoryCache, token: Token, server: GitServer
) -> None:
    commit = repository.commit({"a.py": "a = 1\n"})
    await cache.fetch(commit, token=token)
    server.requests.clear()

    tree = await cache.fetch(commit)

    assert await text(tree) == {"a.py": "a = 1\n"}
    assert not server.requests


async def test_the_second_commit_brings_only_what_changed(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    first = repository.commit({f"{number}.py": f"{number}\n" for number in range(100)})
    second = repository.commit({"7.py": "changed\n"})
    steps: list[Progress] = []

    await cache.fetch(first, token=token)
    tree = await cache.fetch(second, token=token, progress=steps.append)

    assert (await text(tree))["7.py"] == "changed\n"
    assert len(tree.files) == 100
    assert max(step.total for step in steps if step.phase == "receiving") == 3


async def test_progress_is_told_up_to_the_end(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit({f"{number}.py": f"{number}\n" for number in range(20)})
    steps: list[Progress] = []

    await cache.fetch(commit, token=token, progress=steps.append)

    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1] == Progress("receiving", 22, 22)


async def test_the_commit_asked_for_comes_though_the_branch_went_on(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    first = repository.commit({"a.py": "first"})
    repository.commit({"a.py": "second"})

    assert await text(await cache.fetch(first, token=token)) == {"a.py": "first"}


async def test_a_force_push_to_other_and_to_older_commits_applies(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    first = repository.commit({"a.py": "first"})
    second = repository.commit({"a.py": "second"})
    rewritten = repository.commit({"b.py": "rewritten"}, parent=None)
    branched = repository.commit({"a.py": "branched"}, parent=first)
    repository.reset(first)

    for commit, expected in [
        (second, {"a.py": "second"}),
        (rewritten, {"b.py": "rewritten"}),
        (branched, {"a.py": "branched"}),
        (first, {"a.py": "first"}),
    ]:
        assert await text(await cache.fetch(commit, token=token)) == expected


async def test_a_file_becomes_a_folder_and_a_folder_a_file(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    first = repository.commit({"a": "file", "b/c.py": "in a folder"})
    second = repository.commit({"a": None, "b": None, "a/c.py": "in a folder"})
    third = repository.commit({"a": None, "b": "file"})

    for commit, paths in [(first, ["a", "b/c.py"]), (second, ["a/c.py"]), (third, ["b"])]:
        tree = await cache.fetch(commit, token=token)
        assert [file.path for file in tree.files] == paths


async def test_a_commit_of_no_files_is_a_tree_of_no_files(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    repository.commit({"a.py": "a"})
    commit = repository.commit({"a.py": None})

    tree = await cache.fetch(commit, token=token)

    assert (tree.revision, tree.files, tree.left_out) == (commit, (), ())


@pytest.mark.parametrize("wrong", ["main", "", "--help", "0" * 40, "A" * 40, "a" * 39, "a" * 64])
async def test_only_the_whole_id_of_a_commit_is_taken(
    cache: RepositoryCache, token: Token, wrong: str
) -> None:
    with pytest.raises(BadCommitError):
        await cache.fetch(wrong, token=token)


async def test_what_is_no_commit_is_refused_also_when_it_was_fetched_before(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit({"a.py": "a"})
    tag = repository.tag("v1", commit)
    folder = repository.git("rev-parse", f"{commit}^{{tree}}")
    file = repository.git("rev-parse", f"{commit}:a.py")

    for number in range(2):
        for kind, other in [("tag", tag), ("tree", folder), ("blob", file)]:
            with pytest.raises(NoSuchCommitError, match=f"is a {kind} and not a commit"):
                await cache.fetch(other, token=token)
        if number == 0:
            await cache.fetch(commit, token=token)


async def test_a_commit_that_the_server_does_not_have_is_an_error(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    repository.commit({"a.py": "a"})

    with pytest.raises(NoSuchCommitError, match="does not have that commit"):
        await cache.fetch("1" * 40, branch="main", token=token)


async def test_a_commit_on_no_branch_is_fetched_by_its_id(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    repository.commit({"a.py": "a"})
    commit = repository.commit({"b.py": "b"}, branch="gone")
    repository.git("update-ref", "-d", "refs/heads/gone")

    assert "b.py" in await text(await cache.fetch(commit, token=token))


async def test_a_server_that_hides_commits_is_asked_for_the_branch(
    repository: ServedRepository, cache: RepositoryCache, token: Token, server: GitServer
) -> None:
    commits = [repository.commit({"a.py": f"{number}"}) for number in range(60)]
    server.hides_commits = True

    for number in (59, 30, 2):
        tree = await cache.fetch(commits[number], branch="main", token=token)
        assert await text(tree) == {"a.py": f"{number}"}


async def test_a_hidden_commit_that_is_not_on_the_branch_is_an_error(
    repository: ServedRepository, limited: CacheOf, token: Token, server: GitServer
) -> None:
    first = repository.commit({"a.py": "a"})
    for number in range(4):
        repository.commit({"a.py": f"{number}"})
    other = repository.commit({"b.py": "b"}, branch="gone")
    repository.git("update-ref", "-d", "refs/heads/gone")
    server.hides_commits = True
    cache = limited(depth=3)

    for commit in (first, other):
        with pytest.raises(NoSuchCommitError, match="not among the last 3 of branch 'main'"):
            await cache.fetch(commit, branch="main", token=token)
    with pytest.raises(NoSuchBranchError, match="no branch 'nowhere'"):
        await cache.fetch(other, branch="nowhere", token=token)
    with pytest.raises(NoSuchCommitError, match="a branch or a tag points to"):
        await cache.fetch(other, token=token)


@pytest.mark.parametrize("status", [301, 401, 403, 404, 429, 500, 503])
async def test_a_refused_fetch_is_an_error_and_never_an_empty_tree(
    repository: ServedRepository,
    cache: RepositoryCache,
    token: Token,
    server: GitServer,
    status: int,
) -> None:
    commit = repository.commit({"a.py": "a"})
    for on in ("/info/refs", "/git-upload-pack"):
        server.fault = Fault(status=status, on=on)
        with pytest.raises(GitError):
            await cache.fetch(commit, branch="main", token=token)

    server.fault = None
    assert await text(await cache.fetch(commit, token=token)) == {"a.py": "a"}


@pytest.mark.parametrize("after", [0, 10, 150, 400, 4000, 40_000])
async def test_a_torn_fetch_is_an_error_and_the_next_one_is_whole(
    repository: ServedRepository,
    cache: RepositoryCache,
    token: Token,
    server: GitServer,
    after: int,
) -> None:
    files = {f"{number}.py": f"{number**number}\n" for number in range(250)}
    commit = repository.commit(files)
    server.fault = Fault(torn_after=after)

    with pytest.raises(RepositoryUnreachableError) as raised:
        await cache.fetch(commit, token=token)

    assert raised.value.transient
    server.fault = None
    assert await text(await cache.fetch(commit, token=token)) == files


async def test_a_fetch_that_takes_too_long_is_ended_with_everything_it_started(
    repository: ServedRepository, limited: CacheOf, token: Token, server: GitServer
) -> None:
    commit = repository.commit({"a.py": "a"})
    server.fault = Fault(stall_after=100, on="/git-upload-pack")
    cache = limited(git=Git(timeout_seconds=0.5))

    with pytest.raises(RepositoryTimeoutError):
        await cache.fetch(commit, token=token)

    assert not processes_in(cache)


async def test_a_server_that_falls_silent_is_given_up(
    repository: ServedRepository, limited: CacheOf, token: Token, server: GitServer
) -> None:
    commit = repository.commit({"a.py": "a"})
    server.fault = Fault(stall_after=300, on="/git-upload-pack")

    with pytest.raises(RepositoryUnreachableError):
        await limited(git=Git(stall_seconds=1)).fetch(commit, token=token)


async def test_a_cancelled_fetch_leaves_no_process_and_no_obstacle(
    repository: ServedRepository, cache: RepositoryCache, token: Token, server: GitServer
) -> None:
    commit = repository.commit({"a.py": "a" * 100_000})
    server.fault = Fault(stall_after=150, on="/git-upload-pack")
    fetching = asyncio.create_task(cache.fetch(commit, token=token))
    await working(cache)

    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching

    assert not processes_in(cache)
    server.fault = None
    assert len((await cache.fetch(commit, token=token)).files) == 1


async def test_a_report_of_progress_that_fails_ends_the_fetch(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    commit = repository.commit({"a.py": "a"})

    def fail(step: Progress) -> None:
        raise LookupError(step.phase)

    with pytest.raises(LookupError):
        await cache.fetch(commit, token=token, progress=fail)

    assert not processes_in(cache)


async def test_a_file_called_git_is_refused_by_git_itself(
    repository: ServedRepository, cache: RepositoryCache, token: Token
) -> None:
    blob = bytes.fromhex(repository.blob(b"[core]\n"))
    inner = repository.git(
        *("hash-object", "-t", "tree", "-w", "--stdin", "--literally"),
        given=b"100644 config\0" + blob,
    )
    commit = repository.commit_tree(b"40000 .git\0" + bytes.fromhex(inner))

    with pytest.raises(UnsafeObjectsError, match="hasDotgit"):
        await cache.fetch(commit, token=token)


async def test_the_configuration_of_the_user_and_of_the_environment_is_not_obeyed(
    repository: ServedRepository,
    cache: RepositoryCache,
    token: Token,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commit = repository.commit({"a.py": "a"})
    stolen = '[url "http://127.0.0.1:1/"]\n\tinsteadOf = http://127.0.0.1\n'
    (tmp_path / ".gitconfig").write_text(stolen)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / ".gitconfig"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert await text(await cache.fetch(commit, token=token)) == {"a.py": "a"}
    assert not (tmp_path / "trace").exists()


async def test_a_thousand_files_are_fetched_and_read(
    repository: ServedRepository,
    cache: RepositoryCache,
    token: Token,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = repository.commit({f"d{n % 30}/f{n}.py": f"x = {n}\n" * 50 for n in range(1000)})
    second = repository.commit({f"d{n}/f{n}.py": "changed" for n in range(10)})
    times = [time.perf_counter()]
    for commit in (first, second, second):
        tree = await cache.fetch(commit, token=token)
        times.append(time.perf_counter())
    content = await text(tree)
    times.append(time.perf_counter())

    assert len(content) == 1000
    first_time, changed, again, read = (b - a for a, b in itertools.pairwise(times))
    with capsys.disabled():
        sys.stdout.write(
            f"\n1,000 files: first {first_time:.3f} s, 10 changed {changed:.3f} s, "
            f"again {again:.3f} s, read {read:.3f} s\n"
        )
