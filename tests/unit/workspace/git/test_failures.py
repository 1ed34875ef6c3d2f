"""Git's words are told apart, and what a server says is never taken for Git's own."""

from __future__ import annotations

import pytest

from funcyard.workspace.git import (
    CacheBrokenError,
    CacheFullError,
    GitError,
    RepositoryRefusedError,
    RepositoryUnreachableError,
    RepositoryUrl,
    Token,
)
from funcyard.workspace.git.failures import failure

_URL = RepositoryUrl.parse("https://example.com/certificate/handshake")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("fatal: Authentication failed for 'https://example.com/'", RepositoryRefusedError),
        ("error: RPC failed; HTTP 401 curl 22 The requested URL returned error: 401", None),
        (
            "error: RPC failed; curl 56 GnuTLS recv error (-110): terminated\nfatal: early EOF",
            RepositoryUnreachableError,
        ),
        ("fatal: write error: No space left on device", CacheFullError),
        ("error: packed object 1f is corrupt\nfatal: early EOF", CacheBrokenError),
        ("fatal: pack has 3 unresolved deltas", CacheBrokenError),
        ("fatal: not a git repository: '/x'", CacheBrokenError),
        ("error: the front fell off", GitError),
        ("", GitError),
    ],
)
def test_what_git_says_is_told_apart(said: str, kind: type[GitError] | None) -> None:
    assert type(failure(said, url=_URL)) is (kind or RepositoryRefusedError)


def test_words_in_the_address_are_not_taken_for_the_cause() -> None:
    said = f"fatal: unable to access '{_URL}/': Could not resolve host: example.com"

    assert failure(said, url=_URL).message.startswith(f"{_URL} cannot be reached")


def test_what_the_server_says_decides_nothing() -> None:
    fault = failure("remote: fatal: No space left on device\nfatal: odd", url=_URL)

    assert (type(fault), fault.message) == (GitError, f"Git failed on {_URL}: fatal: odd")


def test_a_message_is_short_printable_and_without_the_token() -> None:
    token = Token("ghp_secret")
    said = "fatal: \x1b[31mghp_secret \u202e" + "x" * 1000

    message = failure(said, url=_URL, token=token).message

    assert message.isprintable()
    assert "ghp_secret" not in message
    assert "\u202e" not in message
    assert len(message) < 400
