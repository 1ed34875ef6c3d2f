"""The rules across fields and files of a twin: from its sound parts to faults.

Each module speaks of one file; a rule that needs all of another file is silent where that one has
faults of its own, so that no fault is told that only follows from another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.config.checks import (
    clouds,
    code,
    conditions,
    devices,
    events,
    general,
    hierarchy,
    inter_cloud,
    simulation,
)
from funcyard.twin.config.checks.code import processors
from funcyard.twin.config.checks.conditions import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.twin.config.findings import Fault
    from funcyard.twin.config.parts import Parts

__all__ = ["check", "processors", "unreadable"]

_CHECKS = (general, devices, clouds, inter_cloud, events, conditions, hierarchy, code, simulation)


def check(parts: Parts) -> Iterator[Fault]:
    """Yield every fault of parts that are sound by themselves."""
    for one in _CHECKS:
        yield from one.check(parts)
