"""At which ports of its own a container listens."""

from __future__ import annotations

import contextlib

import psutil

from funcyard.emulator.containerapps.runtime.addresses import port_there


def ports_of(pid: int, host: str) -> tuple[int, ...]:
    """Return the ports of a container at which its processes listen, in order.

    Args:
        pid: Of its command.
        host: Address of its replica; what listens elsewhere is told as it is.
    """
    found: set[int] = set()
    with contextlib.suppress(psutil.Error):
        main = psutil.Process(pid)
        for process in (main, *main.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                for one in process.net_connections(kind="tcp"):
                    if one.status == psutil.CONN_LISTEN:
                        ip, port = one.laddr
                        found.add(port_there(port) if ip == host else port)
    return tuple(sorted(found))
