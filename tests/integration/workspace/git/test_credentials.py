"""A token reaches the repository's own host and nothing else: no argument, file, log or message."""

from __future__ import annotations

import asyncio
import base64
import logging
import os
from pathlib import Path

import psutil
import pytest
from tests.integration.workspace.git.conftest import arguments_of, held, working
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import TOKEN, Fault, GitServer

from funcyard.workspace.git import (
    Git,
    GitError,
    RepositoryCache,
    RepositoryMovedError,
    RepositoryUrl,
    Token,
    remote_head,
)
from funcyard.workspace.git.process import run
from funcyard.workspace.git.settings import access

_SPELLINGS = [
    TOKEN,
    base64.b64encode(TOKEN.encode()).decode(),
    base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode(),
]


def shown(text: str) -> list[str]:
    return [spelling for spelling in _SPELLINGS if spelling in text]


async def test_every_call_carries_the_token_as_github_takes_it(
    repository: ServedRepository, cache: RepositoryCache, token: Token, server: GitServer
) -> None:
    await cache.fetch(repository.commit({"a.py": "a"}), token=token)

    assert len(server.requests) == 2
    assert {request.authorization for request in server.requests} == {f"Basic {_SPELLINGS[2]}"}


async def test_a_public_repository_is_fetched_without_one(
    repository: ServedRepository, cache: RepositoryCache, server: GitServer
) -> None:
    server.token = None

    await cache.fetch(repository.commit({"a.py": "a"}))

    assert {request.authorization for request in server.requests} == {None}


async def test_no_argument_of_any_process_holds_the_token(
    repository: ServedRepository, cache: RepositoryCache, token: Token, server: GitServer
) -> None:
    commit = repository.commit({"a.bin": os.urandom(100_000)})
    server.fault = Fault(stall_after=50_000, on="/git-upload-pack")
    fetching = asyncio.create_task(cache.fetch(commit, token=token))
    try:
        await working(cache)
        started = psutil.Process().children(recursive=True)
        arguments = [arguments_of(process) for process in started]
        assert any(str(cache.url) in line for line in arguments)
        assert not any(shown(line) for line in arguments)
        assert not shown(held(cache.root).decode(errors="replace"))
    finally:
        fetching.cancel()
        await asyncio.gather(fetching, return_exceptions=True)


async def test_no_file_of_the_cache_holds_the_token(
    repository: ServedRepository, cache: RepositoryCache, token: Token, server: GitServer
) -> None:
    for number in range(3):
        await cache.fetch(repository.commit({"a.py": f"{number}"}), token=token)
    server.fault = Fault(torn_after=200)
    with pytest.raises(GitError):
        await cache.fetch(repository.commit({"a.py": "torn"}), token=token)

    content = held(cache.root).decode(errors="replace")

    assert "pack" in content.lower()
    assert not shown(content)


@pytest.mark.parametrize("status", [401, 403, 404, 500])
@pytest.mark.parametrize("spelling", _SPELLINGS)
async def test_a_server_that_repeats_the_token_does_not_get_it_into_an_error(
    repository: ServedRepository,
    cache: RepositoryCache,
    token: Token,
    server: GitServer,
    caplog: pytest.LogCaptureFixture,
    status: int,
    spelling: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    commit = repository.commit({"a.py": "a"})
    server.fault = Fault(status=status, says=f"you sent {spelling}\n".encode())

    for attempt in (cache.fetch(commit, token=token), remote_head(cache.url, "main", token=token)):
        with pytest.raises(GitError) as raised:
            await attempt
        fault = raised.value
        assert not shown(f"{fault!r} {fault} {fault.as_dict()} {fault.__cause__!r}")
    assert not shown(caplog.text)


async def test_a_redirect_to_another_host_never_carries_the_token(
    repository: ServedRepository,
    cache: RepositoryCache,
    token: Token,
    server: GitServer,
    tmp_path: Path,
) -> None:
    commit = repository.commit({"a.py": "a"})
    with GitServer(tmp_path / "elsewhere", token=None) as other:
        other.create("code")
        for location in (other.address, other.address.replace("127.0.0.1", "localhost")):
            for status in (301, 302, 307, 308):
                for on in ("/info/refs", "/git-upload-pack"):
                    server.fault = Fault(status=status, location=location, on=on)
                    with pytest.raises(RepositoryMovedError):
                        await cache.fetch(commit, token=token)
        assert not other.requests


async def test_git_itself_would_not_send_the_token_to_another_port(
    url: RepositoryUrl, token: Token, tmp_path: Path
) -> None:
    with GitServer(tmp_path / "elsewhere", token=None) as other:
        other.create("code")
        command = ["ls-remote", "--", other.url("code")]

        ran = await run(Git(), command, settings=access(url, token))

        assert ran.status == 0
        assert {request.authorization for request in other.requests} == {None}
