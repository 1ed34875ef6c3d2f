"""Loopback addresses of replicas."""

from __future__ import annotations

import random
import socket

import pytest

from funcyard.emulator.containerapps.runtime.addresses import Address, port_here, port_there
from funcyard.emulator.containerapps.runtime.interface import RuntimeFaultError


def test_an_address_is_nobody_elses_until_it_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Address()
    _, _, third, fourth = first.host.split(".")

    def chosen(*given: int) -> int:
        return int(third if len(given) == 1 else fourth)

    monkeypatch.setattr(random, "randrange", chosen)
    with pytest.raises(RuntimeFaultError):
        Address()
    first.release()
    again = Address()
    assert again.host == first.host
    again.release()


def test_what_listens_at_it_is_reached_from_this_machine() -> None:
    address = Address()
    with socket.create_server((address.host, 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection((address.host, port)).close()
    address.release()


def test_ports_that_need_privileges_are_found_higher() -> None:
    assert [port_here(port) for port in (1, 80, 1023, 1024, 8080)] == [
        *(20001, 20080, 21023),
        *(1024, 8080),
    ]
    assert all(port_there(port_here(port)) == port for port in (1, 80, 443, 1023, 1024, 8080))
