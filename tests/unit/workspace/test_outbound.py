"""Through which proxy Git and GitHub are reached: what the usual variables say, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.workspace.outbound import Outbound, ProxyError

API = "https://api.github.com"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, "http://proxy:3128"),
        ({"https_proxy": "http://small", "HTTPS_PROXY": "http://large"}, "http://small"),
        ({"HTTP_PROXY": "http://proxy:3128"}, None),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "github.com"}, None),
        ({"HTTPS_PROXY": "http://proxy", "no_proxy": "example.com, api.github.com"}, None),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "hub.com"}, "http://proxy"),
    ],
)
def test_github_is_reached_as_the_variables_say(
    values: dict[str, str], expected: str | None
) -> None:
    assert Outbound.of(values).proxy_of(API) == expected


@pytest.mark.parametrize("url", ["http://127.0.0.1:7071", "https://localhost", "https://[::1]:1"])
def test_this_machine_is_reached_directly(url: str) -> None:
    values = {"HTTPS_PROXY": "http://proxy", "HTTP_PROXY": "http://proxy"}
    assert Outbound.of(values).proxy_of(url) is None


def test_git_is_told_the_same() -> None:
    values = {"HTTPS_PROXY": "proxy:3128", "NO_PROXY": "example.com", "GIT_SSL_CAINFO": "/ca.pem"}
    git = Outbound.of(values).git()

    assert git.proxies["https_proxy"] == "http://proxy:3128"
    assert git.proxies["no_proxy"].split(",")[:2] == ["example.com", "localhost"]
    assert git.certificates == Path("/ca.pem")
    assert not Outbound.of({}).git().proxies


@pytest.mark.parametrize("proxy", ["socks5://proxy", "http://", "http://proxy:x", "http://a b"])
def test_what_is_no_proxy_is_refused_and_not_repeated(proxy: str) -> None:
    with pytest.raises(ProxyError) as refused:
        Outbound.of({"HTTPS_PROXY": proxy.replace("://", "://me:secret@")})
    assert "secret" not in f"{refused.value} {refused.value.hint}"
