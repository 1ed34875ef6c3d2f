"""Loopback addresses of replicas: one each, so that all may listen at the same ports.

An address is held by a bound socket, which ends with this process however that ends, so that
several local Azures of a machine never give out the same. Ports below 1024 need privileges that
are not asked for: they are found 20000 higher.
"""

from __future__ import annotations

import random
import socket
from typing import Final

from funcyard.emulator.containerapps.runtime.interface import RuntimeFaultError

_NETWORK: Final = "127.88"
_HELD: Final = 20000
"""A port that no container has: it stands for port 0."""

_PRIVILEGED: Final = 1024
_TRIES: Final = 1000


class Address:
    """A loopback address that is nobody else's until it is released.

    Raises:
        RuntimeFaultError: None is left, or this machine has none but 127.0.0.1.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for _ in range(_TRIES):
            host = f"{_NETWORK}.{random.randrange(256)}.{random.randrange(1, 255)}"  # noqa: S311 - no secret
            try:
                self._socket.bind((host, _HELD))
            except OSError:
                continue
            self.host = host
            return
        self._socket.close()
        raise RuntimeFaultError(
            f"no address of {_NETWORK}.0.0/16 can be bound",
            hint="Linux has all of 127.0.0.0/8; elsewhere they are added to the loopback interface",
        )

    def release(self) -> None:
        """Leave it to others."""
        self._socket.close()


def port_here(port: int) -> int:
    """Return where a port of a container is found at its address."""
    return port + _HELD if port < _PRIVILEGED else port


def port_there(port: int) -> int:
    """Return the port of a container that is found at a port of its address."""
    return port - _HELD if _HELD < port < _HELD + _PRIVILEGED else port
