"""Which addresses are this machine's own, and that of the machine that runs a container.

The latter is that of the container's gateway.

Docker hands on what comes to a published port, so a call from the machine itself has the address of
the gateway of the container's network, and never that of loopback.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import struct
from pathlib import Path
from typing import Final

ROUTES: Final = Path("/proc/net/route")

_IPV4: Final = 4
_DEFAULT: Final = "00000000"
_GATEWAY: Final = 0x2  # RTF_GATEWAY of linux/route.h


def is_own_address(address: str) -> bool:
    """Whether an address of a peer is one of this machine: nobody else can bind it.

    An address that is not known, or none, is treated as this machine's own.
    """
    try:
        version = ipaddress.ip_address(address).version
        family = socket.AF_INET if version == _IPV4 else socket.AF_INET6
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except (ValueError, OSError) as fault:
        return getattr(fault, "errno", None) != errno.EADDRNOTAVAIL
    return True


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
