"""Listening sockets of apps: bound to the wanted port, or to the next free one."""

from __future__ import annotations

import errno
import socket

from funcyard.errors import UserError

_BACKLOG = 2048
_HIGHEST = 65535
_BUSY = frozenset({errno.EADDRINUSE, errno.EACCES})


class PortError(UserError):
    """No port could be bound."""

    code = "no-port"


def bind(address: str, wanted: int, taken: set[int]) -> socket.socket:
    """Return a socket bound to the wanted port, or to the next free one above it.

    Args:
        address: IPv4 or IPv6 address.
        wanted: 0 for any free port.
        taken: Ports meant for others, passed over.

    Raises:
        PortError: The address is not this machine's, or no port is free.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    reason = "every port is busy"
    for port in [0] if wanted == 0 else range(wanted, min(wanted + 200, _HIGHEST) + 1):
        if port in taken and port != wanted:
            continue
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((address, port))
            bound.listen(_BACKLOG)
        except OSError as fault:
            bound.close()
            reason = str(fault)
            if fault.errno not in _BUSY:
                break
            continue
        bound.setblocking(False)  # noqa: FBT003 - positional only
        return bound
    raise PortError(f"cannot listen on {address}:{wanted}: {reason}")


def url_of(bound: socket.socket) -> str:
    """Return the base URL under which the socket is reached from this machine."""
    host, port = bound.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
