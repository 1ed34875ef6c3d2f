"""The time of a twin: the time of day, unless a test lets days pass in seconds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .errors import ContractError
from .settings import CLOCK
from .times import read_time, write_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _time_of_day() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that was set once and may run faster than the time of day.

    Attributes:
        set_at: When it was set, by the time of day.
        set_to: What it was set to.
        scale: How many of its seconds pass in one.
    """

    set_at: datetime
    set_to: datetime
    scale: float = 1.0

    def at(self, time_of_day: datetime) -> datetime:
        """Return what it tells at a time of day."""
        return self.set_to + (time_of_day - self.set_at) * self.scale

    def write(self) -> str:
        """Return it as the setting's text."""
        told = {"at": write_time(self.set_at), "to": write_time(self.set_to), "scale": self.scale}
        return json.dumps(told)


def read_clock(text: str) -> Clock:
    """Return the clock that a setting's text means.

    Raises:
        ContractError: It means none.
    """
    try:
        told = json.loads(text)
        clock = Clock(read_time(told["at"]), read_time(told["to"]), float(told["scale"]))
    except (ValueError, KeyError, TypeError) as fault:
        raise ContractError(f"{CLOCK} holds no clock") from fault
    if not 0 < clock.scale < float("inf"):
        raise ContractError(f"{CLOCK} does not run")
    return clock


def now(environ: Mapping[str, str], time_of_day: Callable[[], datetime] = _time_of_day) -> datetime:
    """Return the time of a twin: by the clock of its settings where one is set.

    Raises:
        ContractError: The setting holds no clock.
    """
    text = environ.get(CLOCK)
    return read_clock(text).at(time_of_day()) if text else time_of_day()
