"""Ports of the apps: in range, an app's own, and not someone else's by custom.

Whether a port is busy on this machine now is not asked here: that is no fault of the spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.project.findings import Fault
from funcyard.project.ports import HIGHEST_PORT, LOWEST_PORT, reserved_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.project.spec import Spec


def in_range(spec: Spec) -> Iterator[Fault]:
    """Ports below 1024 are privileged, and there are none above 65535."""
    for index, app in enumerate(spec.function_apps):
        path = ("function_apps", index, "port")
        if 0 < app.port < LOWEST_PORT:
            yield Fault(
                path,
                f"port {app.port} is privileged: only root may listen below {LOWEST_PORT}",
                "7071 and upward are customary",
            )
        elif not LOWEST_PORT <= app.port <= HIGHEST_PORT:
            yield Fault(path, f"port {app.port} is not between {LOWEST_PORT} and {HIGHEST_PORT}")


def not_reserved(spec: Spec) -> Iterator[Fault]:
    """Azurite, Tilt and the debuggers listen beside the apps."""
    reserved = reserved_ports(len(spec.function_apps))
    for index, app in enumerate(spec.function_apps):
        if owner := reserved.get(app.port):
            yield Fault(("function_apps", index, "port"), f"port {app.port} belongs to {owner}")


def not_shared(spec: Spec) -> Iterator[Fault]:
    """Two apps cannot listen on one port."""
    owners: dict[int, str] = {}
    for index, app in enumerate(spec.function_apps):
        if app.port in owners:
            yield Fault(
                ("function_apps", index, "port"),
                f"port {app.port} is already {owners[app.port]}'s",
            )
        owners.setdefault(app.port, app.name)
