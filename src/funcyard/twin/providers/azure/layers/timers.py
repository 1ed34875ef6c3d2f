"""When timers of a twin run whose days may pass in seconds: Azure's go by the time of day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.twin.contract.functions import MIDNIGHT

if TYPE_CHECKING:
    from funcyard.twin.contract.clock import Clock

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400


def nightly(clock: Clock) -> str:
    """Return the schedule of what runs every night of a clock: a timer goes by the time of day."""
    seconds = _DAY / clock.scale
    if seconds < _MINUTE:
        return f"*/{max(1, round(seconds))} * * * * *"
    if seconds < _HOUR:
        return f"0 */{round(seconds / _MINUTE)} * * * *"
    return f"0 0 */{round(seconds / _HOUR)} * * *" if seconds < _DAY else MIDNIGHT
