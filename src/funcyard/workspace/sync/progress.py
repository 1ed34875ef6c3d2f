"""How a sync tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[str, int, int], None]
"""Told the stage (``fetch``, ``store``, ``view``), how many of it are done, and of how many."""


def quiet(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
