"""Which URLs a repository may have, and which of them are one."""

from __future__ import annotations

import pytest

from funcyard.workspace.git import BadRepositoryUrlError, RepositoryUrl


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://github.com/Ada/Engine.git", "https://github.com/Ada/Engine.git"),
        ("HTTPS://GitHub.com:443/Ada/Engine/", "https://github.com/Ada/Engine"),
        ("https://example.com:8443/a/b", "https://example.com:8443/a/b"),
        ("https://dev.azure.com/a/My%20Project/_git/b", None),
        ("http://127.0.0.1:8080/a.git", None),
        ("http://localhost:80/a", "http://localhost/a"),
        ("http://[::1]:8080/a", None),
    ],
)
def test_urls_of_repositories_are_taken(text: str, kept: str | None) -> None:
    assert str(RepositoryUrl.parse(text)) == (kept or text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "/srv/repository", "../repository", "--upload-pack=touch /tmp/x"),
        *("file:///srv/repository", "ext::sh -c id", "ssh://git@github.com/a/b", "git://a/b"),
        *("git@github.com:ada/engine.git", "ftp://example.com/a", "javascript:alert(1)"),
        *("http://github.com/a/b", "http://127.0.0.1.example.com/a", "http://10.0.0.1/a"),
        *("https://", "https:///a", "https://github.com", "https://github.com/"),
        *("https://-host/a", "https://host-/a", "https://ho st/a", "https://h\u00f6st/a"),
        *("https://github.com/a//b", "https://github.com/a/../b", "https://github.com/%2e%2e/b"),
        *("https://github.com/a?x=1", "https://github.com/a?", "https://github.com/a#x"),
        *("https://github.com/a\n", "https://github.com/\x00", "https://github.com/a\\b"),
        *("https://github.com:port/a", "https://github.com:99999/a", "https://[::1/a"),
        "https://github.com/" + "a" * 3000,
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(BadRepositoryUrlError) as raised:
        RepositoryUrl.parse(text)

    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    "text",
    [
        "https://x-access-token:s3cret@github.com/a/b",
        "https://s3cret@github.com/a/b",
        "https://:s3cret@github.com/a/b",
        "http://a:s3cret@github.com/a b",
        "ssh://a:s3cret@github.com:22/a",
    ],
)
def test_a_url_with_credentials_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadRepositoryUrlError) as raised:
        RepositoryUrl.parse(text)

    assert "s3cret" not in f"{raised.value!r} {raised.value.__cause__!r}"


def test_spellings_of_one_repository_share_a_cache() -> None:
    one = RepositoryUrl.parse("https://github.com/Ada/Engine.git").key

    for text in ("https://GITHUB.com/ada/engine", "https://github.com:443/ADA/engine.git/"):
        assert RepositoryUrl.parse(text).key == one
    for text in ("https://example.com/Ada/Engine", "https://github.com/Ada/Engines"):
        assert RepositoryUrl.parse(text).key != one
    assert one.isalnum()


def test_elsewhere_case_makes_another_repository() -> None:
    keys = {RepositoryUrl.parse(f"https://example.com/{name}").key for name in ("a/B", "a/b")}

    assert len(keys) == 2


def test_a_credential_is_meant_for_scheme_host_and_port() -> None:
    assert RepositoryUrl.parse("https://a.example:8443/b/c").origin == "https://a.example:8443/"
