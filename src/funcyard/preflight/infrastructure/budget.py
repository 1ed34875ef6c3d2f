"""How much may be evaluated, for a template can be written that never ends."""

from __future__ import annotations

_MOST_STEPS = 200_000


class Budget:
    """How many evaluations are left for a whole deployment."""

    def __init__(self) -> None:
        self._left = _MOST_STEPS

    def spend(self, count: int = 1) -> bool:
        """Take evaluations away, and tell whether there were as many."""
        self._left -= count
        return self._left >= 0
