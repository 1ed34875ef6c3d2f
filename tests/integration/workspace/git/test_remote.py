"""Where a branch is, as its server says; what stands in the way is told apart."""

from __future__ import annotations

import socket
import ssl
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme
from tests.integration.workspace.git.conftest import environment
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import Fault, GitServer
from tests.tunnel import Tunnel

from funcyard.workspace.git import (
    BadBranchError,
    Git,
    GitError,
    NoSuchBranchError,
    NoSuchRepositoryError,
    RepositoryMovedError,
    RepositoryRefusedError,
    RepositoryTimeoutError,
    RepositoryUnreachableError,
    RepositoryUrl,
    Token,
    remote_head,
)
from funcyard.workspace.outbound import Outbound


async def test_the_head_of_each_branch_is_told(
    repository: ServedRepository, url: RepositoryUrl, token: Token
) -> None:
    first = repository.commit({"a.py": "a"})
    second = repository.commit({"a.py": "b"}, branch="feature/x", parent=first)
    repository.commit({"a.py": "c"}, branch="other/refs/heads/main")

    assert await remote_head(url, "main", token=token) == first
    assert await remote_head(url, "feature/x", token=token) == second


async def test_the_head_follows_a_push_over_http(
    repository: ServedRepository,
    url: RepositoryUrl,
    token: Token,
    server: GitServer,
    tmp_path: Path,
) -> None:
    repository.commit({"a.py": "a"})
    clone = tmp_path / "clone"

    def git(*arguments: str) -> str:
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        command = ["git", *who, *arguments]
        ran = subprocess.run(command, check=True, capture_output=True, env=environment())
        return ran.stdout.decode().strip()

    git("clone", "--quiet", server.push_url("code"), str(clone))
    (clone / "b.py").write_text("b" * 2_000_000)
    git("-C", str(clone), "add", "b.py")
    git("-C", str(clone), "commit", "--quiet", "--message=More")
    git("-C", str(clone), "push", "--quiet")

    assert await remote_head(url, "main", token=token) == git("-C", str(clone), "rev-parse", "HEAD")


async def test_a_branch_that_is_not_there_is_told(
    repository: ServedRepository, url: RepositoryUrl, token: Token
) -> None:
    with pytest.raises(NoSuchBranchError):
        await remote_head(url, "main", token=token)
    commit = repository.commit({"a.py": "a"})
    repository.tag("v1", commit)
    for other in ("v1", "mai", "nowhere"):
        with pytest.raises(NoSuchBranchError):
            await remote_head(url, other, token=token)


@pytest.mark.parametrize(
    "name", ["", "-x", "a..b", "a b", "*", "main?", "a\0", "/a", "a.lock", "@"]
)
async def test_what_cannot_be_a_branch_is_not_asked_for(
    url: RepositoryUrl, server: GitServer, name: str
) -> None:
    with pytest.raises(BadBranchError):
        await remote_head(url, name)
    assert not server.requests


@pytest.mark.parametrize("wrong", [None, Token("ghp_wrong")])
async def test_a_wrong_token_and_none_are_refused(
    repository: ServedRepository, url: RepositoryUrl, wrong: Token | None
) -> None:
    repository.commit({"a.py": "a"})

    with pytest.raises(RepositoryRefusedError) as raised:
        await remote_head(url, "main", token=wrong)

    assert raised.value.hint == "Give a token that may read the repository's contents."


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, RepositoryMovedError),
        (302, RepositoryMovedError),
        (401, RepositoryRefusedError),
        (403, RepositoryRefusedError),
        (404, NoSuchRepositoryError),
        (429, RepositoryUnreachableError),
        (500, RepositoryUnreachableError),
        (503, RepositoryUnreachableError),
    ],
)
async def test_what_a_server_answers_is_told_apart(
    url: RepositoryUrl, token: Token, server: GitServer, status: int, kind: type[GitError]
) -> None:
    server.fault = Fault(status=status, says=b"not found, certificate problem\n")

    with pytest.raises(kind) as raised:
        await remote_head(url, "main", token=token)

    assert type(raised.value) is kind
    assert str(url) in raised.value.message
    assert "certificate problem" not in raised.value.message


async def test_a_repository_that_is_not_there_is_told(server: GitServer, token: Token) -> None:
    with pytest.raises(NoSuchRepositoryError):
        await remote_head(RepositoryUrl.parse(server.url("nothing")), "main", token=token)


async def test_a_page_that_is_no_repository_is_told(
    url: RepositoryUrl, token: Token, server: GitServer
) -> None:
    server.fault = Fault(status=200, says=b"<html>\nWelcome\n</html>\n")

    with pytest.raises(NoSuchRepositoryError):
        await remote_head(url, "main", token=token)


async def test_a_name_that_does_not_resolve_and_a_closed_port_are_told(token: Token) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for text in ("https://nowhere.invalid/a/b", f"http://127.0.0.1:{port}/a/b"):
        with pytest.raises(RepositoryUnreachableError, match="cannot be reached"):
            await remote_head(RepositoryUrl.parse(text), "main", token=token)


async def test_a_server_that_does_not_answer_is_given_up(token: Token) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = RepositoryUrl.parse(f"http://127.0.0.1:{silent.getsockname()[1]}/a/b")
        with pytest.raises(RepositoryTimeoutError, match=r"within 0\.3 seconds"):
            await remote_head(url, "main", token=token, timeout=0.3)


async def test_a_server_that_only_a_proxy_reaches_is_asked_through_it(
    tmp_path: Path, token: Token
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("git.example.com").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    with GitServer(tmp_path / "tls", tls=context) as server:
        commit = server.create("code").commit({"a.py": "a"})
        inside = urlsplit(server.url("code"))
        url = RepositoryUrl.parse(f"https://git.example.com{inside.path}")
        with Tunnel("127.0.0.1", inside.port or 0) as proxy:
            said = {"HTTPS_PROXY": proxy.url, "GIT_SSL_CAINFO": str(tmp_path / "authority.pem")}
            git = Outbound.of(said).git()
            assert await remote_head(url, "main", token=token, git=git) == commit

    assert set(proxy.asked) == {"git.example.com:443"}


async def test_a_certificate_counts_only_from_a_trusted_authority(
    tmp_path: Path, token: Token
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    with GitServer(tmp_path / "tls", tls=context) as server:
        commit = server.create("code").commit({"a.py": "a"})
        url = RepositoryUrl.parse(server.url("code"))

        with pytest.raises(RepositoryUnreachableError, match="cannot be trusted"):
            await remote_head(url, "main", token=token)
        trusting = Git(certificates=tmp_path / "authority.pem")
        assert await remote_head(url, "main", token=token, git=trusting) == commit
