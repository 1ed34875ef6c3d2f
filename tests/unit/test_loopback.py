"""Addresses of this machine alone are told from those that only look like them."""

from __future__ import annotations

import pytest

from funcyard.loopback import names_loopback, on_loopback


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("APP.localhost", True),
        ("127.0.0.9", True),
        ("[::1]", True),
        ("::1", True),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("127.example", False),
        ("192.0.2.7", False),
        ("", False),
    ],
)
def test_names_of_this_machine_are_known(host: str, *, own: bool) -> None:
    assert names_loopback(host) is own


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("https://localhost:1", True),
        ("https://a.localhost", True),
        ("https://127.0.0.2", True),
        ("https://[::1]:1/path?query", True),
        ("https://vault.azure.net", False),
        ("https://localhost.example", False),
        ("https://128.0.0.1", False),
        ("https://127.0.0.1@vault.example", False),
        ("http://127.vault.example", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_addresses_of_this_machine_are_known(address: str, *, own: bool) -> None:
    assert on_loopback(address) is own
