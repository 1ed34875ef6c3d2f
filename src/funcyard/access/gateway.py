"""By which address the machine that runs a container calls it: that of the container's gateway.

Docker hands on what comes to a published port, so a call from the machine itself has the address of
the gateway of the container's network, and never that of loopback.
"""

from __future__ import annotations

import socket
import struct
from pathlib import Path
from typing import Final

ROUTES: Final = Path("/proc/net/route")

_DEFAULT: Final = "00000000"
_GATEWAY: Final = 0x2  # RTF_GATEWAY of linux/route.h


def gateway(routes: Path = ROUTES) -> str | None:
    """Return the IPv4 address of the default gateway, None where there is none.

    Args:
        routes: The kernel's table, as https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
            describes it.
    """
    try:
        lines = routes.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return None
    for line in lines:
        _, destination, address, flags, *_ = line.split()
        if destination == _DEFAULT and int(flags, 16) & _GATEWAY:
            return socket.inet_ntoa(struct.pack("=L", int(address, 16)))
    return None
