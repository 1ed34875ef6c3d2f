"""How a run in a worker process ended: told by the code, by the clock, or by the process's end.

What a worker tells is bounded here: a row of storage has room for so much, and no more than that is
believed of a process that runs anybody's code.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from funcyard.workflows import wire

if TYPE_CHECKING:
    from funcyard.workflows.wire import Message

_MOST_NOTES: Final = 50
_LONGEST_NOTE: Final = 300
_LONGEST_ERROR: Final = {"kind": 200, "message": 4_100, "traceback": 16_100}
"""Characters; messages and tracebacks are cut by the worker, a little shorter."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        value: What was returned, as JSON; None where nothing was.
        error: ``kind``, ``message``, ``traceback`` of a failure; None where there was none.
        notes: What the code reported as failed parts: the first fifty, the rest counted.
        timed_out: Whether its time was up.
        died: Whether the process ended before the code did.
        began: When the function was called, in seconds since 1970; 0 where it was not.
        seconds: How long it ran.
    """

    value: str | None = None
    error: dict[str, str] | None = None
    notes: tuple[str, ...] = ()
    timed_out: bool = False
    died: bool = False
    began: float = 0.0
    seconds: float = 0.0

    @classmethod
    def of_result(cls, message: Message) -> Outcome:
        """Return the outcome that a worker tells.

        Raises:
            KeyError, TypeError, ValueError: It does not tell one.
        """
        return cls(
            value=message["value"] if message["ok"] else None,
            error=None if message["ok"] else _error(dict(message["error"])),
            notes=_notes(list(message.get("errors", ()))),
            began=float(message.get("began", 0.0)),
            seconds=float(message.get("seconds", 0.0)),
        )

    @classmethod
    def of_death(cls, code: int, seconds: float) -> Outcome:
        """Return the outcome of a run whose process ended first, with an exit code or a signal."""
        message = f"the process ended with {in_words(code)} before the workflow did"
        error = {"kind": "WorkerDied", "message": message, "traceback": ""}
        return cls(error=error, died=True, seconds=seconds)

    def after(self, limit: float, seconds: float) -> Outcome:
        """Return the outcome of a run whose time was up; this is what it told after that.

        Args:
            limit: The seconds it might have run.
            seconds: Those it did.
        """
        return replace(
            self,
            value=None,
            error={
                "kind": "Timeout",
                "message": f"it ran longer than its {limit:g} seconds",
                "traceback": (self.error or {}).get("traceback", ""),
            },
            timed_out=True,
            died=False,
            seconds=seconds,
        )


def _notes(told: list[object]) -> tuple[str, ...]:
    kept = tuple(_cut(str(note), _LONGEST_NOTE) for note in told[:_MOST_NOTES])
    left = len(told) - len(kept)
    return (*kept, f"{left:,} more, which the log has") if left else kept


def _error(told: dict[str, object]) -> dict[str, str]:
    return {name: _cut(str(told.get(name, "")), most) for name, most in _LONGEST_ERROR.items()}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def in_words(code: int) -> str:
    """Return how a process ended, as a person calls it: its exit code, or its signal's name."""
    if code == wire.UNHEARD:
        return f"exit code {code}, as where code closes descriptors that are not its own,"
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
