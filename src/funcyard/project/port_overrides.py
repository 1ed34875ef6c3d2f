"""Ports that ``.env.local`` sets against ``funcyard.yaml``: a person's choice.

A port is the spec's. A line of ``.env.local`` may set another for one machine, and wins silently,
so whoever changes the spec is told of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.project import names
from funcyard.project.names import ENV_FILE
from funcyard.project.ports import debug_ports, parse_port
from funcyard.project.root import SPEC_FILE
from funcyard.project.tree import read
from funcyard.settings import parse_env

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.project.spec import Spec


def port_overrides(content: bytes, spec: Spec) -> tuple[str, ...]:
    """Return a sentence for each port that an ``.env.local`` changes: its line, both values.

    Args:
        content: Of ``.env.local``.
        spec: The project's spec, complete.

    Returns:
        What is in force: of several lines for one port only the last counts, and an empty value
        says nothing. A line that nobody can read is told too.
    """
    ports = _spec_ports(spec)
    file = parse_env(content.decode("utf-8-sig", "replace"), ENV_FILE)
    found = {name: (number, value) for number, name, value in file.lines if name in ports}
    said = [fault.message for fault in file.faults]
    for name, (number, value) in found.items():
        if value and parse_port(value) != ports[name]:
            override = f"{name}={value} overrides port {ports[name]} of {SPEC_FILE}"
            said.append(f"{ENV_FILE}:{number}: {override}")
    return tuple(said)


def port_overrides_of(root: Path, spec: Spec) -> tuple[str, ...]:
    """Return :func:`port_overrides` of the project in ``root``; nothing where it has no file.

    Raises:
        PathBlockedError: The file is a link or a folder, or cannot be read.
    """
    file = read(root, ENV_FILE)
    return port_overrides(file.content, spec) if file else ()


def _spec_ports(spec: Spec) -> dict[str, int]:
    """Return variable to port, for each port that follows from the spec."""
    apps = {names.host_port_variable(app.name): app.port for app in spec.function_apps}
    debuggers = debug_ports(spec).items()
    return apps | {names.debug_port_variable(name): port for name, port in debuggers}
