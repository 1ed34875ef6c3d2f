"""Listening sockets of apps: bound to the wanted port, or to the next free one."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from funcyard.listening import PortError, listen

if TYPE_CHECKING:
    import socket

_HIGHEST = 65535
_BUSY = frozenset({errno.EADDRINUSE, errno.EACCES})


def bind(address: str, wanted: int, taken: set[int]) -> socket.socket:
    """Return a socket bound to the wanted port, or to the next free one above it.

    Args:
        address: IPv4 or IPv6 address.
        wanted: 0 for any free port.
        taken: Ports meant for others, passed over.

    Raises:
        PortError: The address is not this machine's, or no port is free.
    """
    reason = "every port is busy"
    for port in [0] if wanted == 0 else range(wanted, min(wanted + 200, _HIGHEST) + 1):
        if port in taken and port != wanted:
            continue
        try:
            return listen(address, port)
        except OSError as fault:
            reason = str(fault)
            if fault.errno not in _BUSY:
                break
    raise PortError(f"cannot listen on {address}:{wanted}: {reason}")
