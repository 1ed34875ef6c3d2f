"""Tokens of streams: for one resource, for a while, and nobody else's."""

from __future__ import annotations

import pytest

from funcyard.emulator.containerapps.tokens import issued, opens

_KEY = b"k" * 32


def test_a_token_opens_its_resource_in_any_case_until_its_end() -> None:
    token = issued(_KEY, "/Apps/One", 100.0)
    assert opens(_KEY, token, "/apps/one", 99.0)
    assert not opens(_KEY, token, "/apps/one", 100.0)


@pytest.mark.parametrize(
    ("key", "resource"), [(b"x" * 32, "/apps/one"), (_KEY, "/apps/two"), (_KEY, "/apps")]
)
def test_a_token_opens_nothing_else(key: bytes, resource: str) -> None:
    assert not opens(key, issued(_KEY, "/apps/one", 100.0), resource, 0.0)


@pytest.mark.parametrize("given", ["", "x", "AAAA", "é", "A" * 200])
def test_what_is_no_token_opens_nothing(given: str) -> None:
    assert not opens(_KEY, given, "/apps/one", 0.0)
