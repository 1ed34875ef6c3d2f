"""Ports of this machine that nothing takes before the test that asks for one does."""

from __future__ import annotations

import itertools
import os
import socket
from typing import Final

_FIRST: Final = 20_000
"""Below those that the system gives away (32,768 and on, ip(7)), also to connections that leave."""

_EACH: Final = 1_000
"""Of how many ports each process of a test run has the choice."""


def _candidates() -> itertools.cycle[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 12
    slice_of_it = range(_FIRST + worker * _EACH, _FIRST + (worker + 1) * _EACH)
    begin = os.getpid() * 7 % _EACH  # another run at the same time begins elsewhere
    return itertools.cycle([*slice_of_it[begin:], *slice_of_it[:begin]])


_next = _candidates()


def free_ports(count: int) -> list[int]:
    """Return ports on which nothing listens, all different."""
    return list(itertools.islice(filter(_is_free, _next), count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
