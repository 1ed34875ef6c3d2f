"""Every type that the local Azure knows; each service describes its own."""

from __future__ import annotations

from funcyard.emulator.core.groups import GROUPS
from funcyard.emulator.core.types import Registry


def registry() -> Registry:
    """Return the types."""
    made = Registry()
    made.add(GROUPS)
    return made
