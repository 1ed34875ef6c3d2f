from __future__ import annotations

import pytest

from funcyard.host.address import AddressError, is_loopback, parse_address


@pytest.mark.parametrize(
    ("text", "address", "loopback"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.2", "127.0.0.2", True),
        ("localhost", "127.0.0.1", True),
        ("LocalHost", "127.0.0.1", True),
        ("::1", "::1", True),
        ("0:0:0:0:0:0:0:1", "::1", True),
        ("0.0.0.0", "0.0.0.0", False),  # noqa: S104 - parsed, not bound
        ("::", "::", False),
        ("192.0.2.7", "192.0.2.7", False),
        ("::ffff:127.0.0.1", "::ffff:7f00:1", False),
    ],
)
def test_addresses_and_localhost_are_taken(text: str, address: str, *, loopback: bool) -> None:
    assert parse_address(text) == address
    assert is_loopback(address) is loopback


@pytest.mark.parametrize(
    "text", ["", " ", "127.1", "256.0.0.1", "example.org", "localhost.", "127.0.0.1:80", "[::1]"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="is not an IP address"):
        parse_address(text)
