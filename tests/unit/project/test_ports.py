from __future__ import annotations

import socket

import pytest

from funcyard.project.ports import (
    PortsError,
    debug_port,
    free_ports,
    next_port,
    reserved_ports,
)


def _never(port: int) -> bool:
    del port
    return False


def test_ports_begin_where_core_tools_begin() -> None:
    assert free_ports(3, busy=_never) == (7071, 7072, 7073)
    assert next_port([7071, 7073]) == 7072


def test_reserved_ports_are_passed_over() -> None:
    assert free_ports(2, start=9999, busy=_never) == (9999, 10003)
    assert free_ports(2, start=10350, busy=_never) == (10351, 10352)
    assert free_ports(2, start=5678, busy=_never) == (5680, 5681)
    assert next_port([], apps=5, start=5678) == 5683


def test_each_app_has_a_debug_port_of_its_own() -> None:
    assert [debug_port(index) for index in range(3)] == [5678, 5679, 5680]
    assert {5678, 5679, 5680} <= set(reserved_ports(3))
    assert 5681 not in reserved_ports(3)


def test_a_port_that_something_holds_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert port not in free_ports(1, start=port)


@pytest.mark.parametrize(
    ("count", "start", "message"),
    [
        (0, 7071, "0 ports: ask for 1 to 1000"),
        (-2, 7071, "-2 ports: ask for 1 to 1000"),
        (1001, 7071, "1001 ports: ask for 1 to 1000"),
        (1, 80, "port 80: begin between 1024 and 65535"),
        (1, 65536, "port 65536: begin between 1024 and 65535"),
        (3, 65535, "only 1 of 3 ports are free from 65535 to 65535"),
    ],
)
def test_what_cannot_be_had_is_refused(count: int, start: int, message: str) -> None:
    with pytest.raises(PortsError) as caught:
        free_ports(count, start=start, busy=_never)

    assert caught.value.message == message
