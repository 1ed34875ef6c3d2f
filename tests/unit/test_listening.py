from __future__ import annotations

import errno

import pytest

from funcyard.listening import is_busy, listen, url_of


def test_a_port_is_busy_while_something_listens_at_it() -> None:
    with listen("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
        assert is_busy(port)
        with pytest.raises(OSError, match="in use") as raised:
            listen("127.0.0.1", port)
    assert raised.value.errno == errno.EADDRINUSE
    assert not is_busy(port)


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - nothing is served there
        ("::", "[::1]"),
    ],
)
def test_what_listens_at_every_address_is_reached_at_loopback(address: str, reached: str) -> None:
    with listen(address, 0) as bound:
        port = bound.getsockname()[1]
        assert url_of(bound) == f"http://{reached}:{port}"
        assert url_of(bound, "https") == f"https://{reached}:{port}"
