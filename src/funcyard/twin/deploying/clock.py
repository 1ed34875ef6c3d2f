"""The clock of a twin whose days pass in seconds: set once, kept beside its state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.atomic import write_atomically
from funcyard.deploy.store import StateDamagedError
from funcyard.twin.contract.clock import Clock, read_clock
from funcyard.twin.contract.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE: Final = "clock.json"


def clock_setting(folder: Path, scale: float | None) -> str | None:
    """Return the setting of a twin's clock, None where its time is that of day; keep nothing.

    Args:
        folder: Of its state.
        scale: How many of its seconds pass in one, from now on where that is new; 1 is the time
            of day again; None leaves it as it is.

    Raises:
        StateDamagedError: What was kept is no clock.
    """
    kept = _read(folder / FILE)
    if scale is None or (kept is not None and kept.scale == scale):
        return None if kept is None else kept.write()
    if scale == 1:
        return None
    now = _time_of_day()
    return Clock(now, now if kept is None else kept.at(now), float(scale)).write()


def keep_clock(folder: Path, setting: str | None) -> None:
    """Keep a twin's clock, once its deployment is decided.

    Args:
        folder: Of its state.
        setting: Of the clock, None for the time of day.

    Raises:
        OSError: It cannot be kept.
    """
    path = folder / FILE
    if setting is None:
        path.unlink(missing_ok=True)
    else:
        write_atomically(path, setting, mode=0o600)


def clock_of(folder: Path) -> Callable[[], datetime]:
    """Return what tells the time of a twin.

    Args:
        folder: Of its state.

    Raises:
        StateDamagedError: What was kept is no clock.
    """
    kept = _read(folder / FILE)
    if kept is None:
        return _time_of_day
    return lambda: kept.at(_time_of_day())


def _time_of_day() -> datetime:
    return datetime.now(UTC)


def _read(path: Path) -> Clock | None:
    try:
        return read_clock(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, ContractError) as fault:
        raise StateDamagedError(f"{path} cannot be read: {fault}") from fault
