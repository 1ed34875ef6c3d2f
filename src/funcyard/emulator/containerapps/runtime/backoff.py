"""How long a container waits that failed: longer each time, and not at all after it ran for long.

https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
"""

from __future__ import annotations

from typing import Final

_FIRST: Final = 10.0
_LONGEST: Final = 300.0
_FORGOTTEN_AFTER: Final = 600.0


class BackOff:
    """Pauses between failures, in Azure's seconds.

    Args:
        is_patient: Whether there is a pause after the first failure, too.
    """

    def __init__(self, *, is_patient: bool = False) -> None:
        self._start = _FIRST if is_patient else 0.0
        self._next = self._start

    def after(self, ran: float) -> float:
        """Return the pause after something failed that had run for so many of Azure's seconds."""
        if ran >= _FORGOTTEN_AFTER:
            self._next = self._start
        pause = self._next
        self._next = min(max(pause * 2, _FIRST), _LONGEST)
        return pause
