"""Ports of the apps: in range, an app's own, and not someone else's by custom.

A port that is busy on this machine now is no fault of the spec, and asked for apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.faults import Severity
from funcyard.project.findings import Fault
from funcyard.project.ports import HIGHEST_PORT, LOWEST_PORT, reserved_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def busy_ports(spec: Spec, busy: Callable[[int], bool]) -> Iterator[Fault]:
    """A port that something holds now is worth a warning: another is taken for the run."""
    for index, app in enumerate(spec.function_apps):
        if 0 < app.port <= HIGHEST_PORT and busy(app.port):
            yield Fault(
                ("function_apps", index, "port"),
                f"port {app.port} is busy now",
                "funcyard up takes a free one",
                Severity.WARNING,
            )


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
