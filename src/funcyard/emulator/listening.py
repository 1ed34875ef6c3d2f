"""Where a service of the local Azure listens: a socket that is bound before anything is served."""

from __future__ import annotations

import socket

from funcyard.errors import UserError

_BACKLOG = 1024
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


class PortError(UserError):
    """The port cannot be bound."""

    code = "no-port"


def bind(address: str, port: int) -> socket.socket:
    """Return a socket bound to a port of this machine; 0 is any free one.

    Raises:
        PortError: The address is not this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address, port))
        bound.listen(_BACKLOG)
    except OSError as fault:
        bound.close()
        raise PortError(
            f"cannot listen on {address}:{port}: {fault.strerror}",
            hint="stop what listens there, or choose another --port",
        ) from fault
    bound.setblocking(False)  # noqa: FBT003 - positional only
    return bound


def url_of(bound: socket.socket, scheme: str) -> str:
    """Return the address under which this machine reaches a bound socket."""
    host, port = bound.getsockname()[:2]
    host = _ANY.get(host, host)
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
