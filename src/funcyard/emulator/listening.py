"""Where a service of the local Azure listens: a socket that is bound before anything is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.listening import PortError, listen

if TYPE_CHECKING:
    import socket


def bind(address: str, port: int) -> socket.socket:
    """Return a socket bound to a port of this machine; 0 is any free one.

    Raises:
        PortError: The address is not this machine's, or the port is taken.
    """
    try:
        return listen(address, port)
    except OSError as fault:
        raise PortError(
            f"cannot listen on {address}:{port}: {fault.strerror}",
            hint="stop what listens there, or choose another --port",
        ) from fault
