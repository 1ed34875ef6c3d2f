"""Sockets that listen: bound before anything is served at them, and where they are reached."""

from __future__ import annotations

import socket
from typing import Final

from funcyard.errors import UserError

_LOOPBACK: Final = "127.0.0.1"
_BACKLOG: Final = 2048
_ANY: Final = {"0.0.0.0": _LOOPBACK, "::": "::1"}  # noqa: S104 - compared, not bound


class PortError(UserError):
    """No port could be bound."""

    code = "no-port"


def listen(address: str, port: int) -> socket.socket:
    """Return a socket that listens and does not block.

    Args:
        address: IPv4 or IPv6 address of this machine.
        port: 0 for any free one.

    Raises:
        OSError: The address is not this machine's, or the port is busy or not for everybody.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address, port))
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)  # noqa: FBT003 - positional only
    return bound


def url_of(bound: socket.socket, scheme: str = "http") -> str:
    """Return the address under which this machine reaches a bound socket."""
    host, port = bound.getsockname()[:2]
    host = _ANY.get(host, host)
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def is_busy(port: int) -> bool:
    """Whether something on this machine holds a port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            return True
    return False
