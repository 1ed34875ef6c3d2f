"""Ports of a project: which are spoken for, which comes next, which are free on this machine.

The spec names a port per app; a debug port per app follows from its place. Asking the machine is
apart from the rules, because a port that is busy now is no fault of the spec.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.listening import is_busy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from funcyard.project.spec import Spec

FIRST_APP_PORT = 7071
"""Where Azure Functions Core Tools begin too."""

FIRST_DEBUG_PORT = 5678
"""debugpy's own default; the app at place n of the spec, from 0, has 5678 + n."""

AZURITE = {"blob": 10000, "queue": 10001, "table": 10002}
"""Azurite's own default for each service."""

TILT_PORT = 10350
"""Where Tilt shows its page."""

LOWEST_PORT = 1024
HIGHEST_PORT = 65535
MOST_PORTS = 1000
_MOST_DIGITS = 100


class PortsError(UsageError):
    """The ports asked for cannot be had."""

    code = "bad-ports"


def debug_port(index: int) -> int:
    """Return the debugger's port of the app at that place of the spec, from 0."""
    return FIRST_DEBUG_PORT + index


def debug_ports(spec: Spec) -> dict[str, int]:
    """Return each app's default debug port, in the order of the spec."""
    return {app.name: debug_port(index) for index, app in enumerate(spec.function_apps)}


def reserved_ports(apps: int = 1) -> Mapping[int, str]:
    """Return the ports that no app may have, each with whose it is.

    Args:
        apps: Number of apps, each of which has a debug port.
    """
    return {
        **{port: f"Azurite ({service})" for service, port in AZURITE.items()},
        TILT_PORT: "Tilt",
        **{debug_port(index): "the debugger" for index in range(max(apps, 1))},
    }


def next_port(taken: Iterable[int], *, apps: int = 1, start: int = FIRST_APP_PORT) -> int:
    """Return the lowest port from ``start`` that is neither taken nor reserved.

    Raises:
        PortsError: There is none.
    """
    return free_ports(1, start=start, busy=frozenset(taken).__contains__, apps=apps)[0]


def parse_port(text: str) -> int | None:
    """Return the port that a text names, None where it is none."""
    port = int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else 0
    return port if 1 <= port <= HIGHEST_PORT else None


def free_ports(
    count: int,
    *,
    start: int = FIRST_APP_PORT,
    busy: Callable[[int], bool] = is_busy,
    apps: int | None = None,
) -> tuple[int, ...]:
    """Return the lowest ``count`` ports from ``start`` that are not busy and not reserved.

    Args:
        count: How many, 1 to 1000.
        start: The lowest that may be returned, 1024 to 65535.
        busy: Says of a port whether it is taken.
        apps: Number of apps whose debug ports are left out; ``count`` unless given.

    Raises:
        PortsError: Count or start is out of range, or there are not that many.
    """
    if not 1 <= count <= MOST_PORTS:
        raise PortsError(f"{count} ports: ask for 1 to {MOST_PORTS}")
    if not LOWEST_PORT <= start <= HIGHEST_PORT:
        raise PortsError(f"port {start}: begin between {LOWEST_PORT} and {HIGHEST_PORT}")
    reserved = reserved_ports(count if apps is None else apps)
    candidates = (
        port for port in range(start, HIGHEST_PORT + 1) if port not in reserved and not busy(port)
    )
    found = tuple(islice(candidates, count))
    if len(found) < count:
        raise PortsError(
            f"only {len(found)} of {count} ports are free from {start} to {HIGHEST_PORT}",
            hint=f"begin lower, for example at {FIRST_APP_PORT}",
        )
    return found
