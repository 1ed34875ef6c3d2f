"""Where GitHub reaches a platform: what webhooks are registered with."""

from __future__ import annotations

import pytest

from funcyard.workspace.http_address import PublicUrlError, public_url


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("", ""),
        ("https://host", "https://host"),
        ("https://host/", "https://host"),
        ("http://127.0.0.1:7071", "http://127.0.0.1:7071"),
        ("https://host.example:8443/", "https://host.example:8443"),
    ],
)
def test_an_address_is_taken_as_it_is(given: str, taken: str) -> None:
    assert public_url(given) == taken


@pytest.mark.parametrize(
    "given",
    [
        "foo",
        "host.example",
        "ftp://host",
        "https://",
        "https://host/api",
        "https://host/api/github-webhook",
        "https://host?x",
        "https://user:word@host",
        "https://host:0",
        "https://ho st",
        "https://[",
    ],
)
def test_what_no_webhook_could_be_sent_to_is_bad_usage(given: str) -> None:
    with pytest.raises(PublicUrlError) as told:
        public_url(given)
    assert told.value.exit_code == 2
