"""What becomes of an event that was not taken: when it is tried again, and when never.

https://learn.microsoft.com/azure/event-grid/delivery-and-retry
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_PAUSES: Final = (10, 30, 60, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
_LEAST: Final = {401: 300, 404: 300, 408: 120, 503: 30}
"""After these one waits at least so long."""
_NEVER: Final = frozenset({400, 403, 413})
_NEVER_BY_WEBHOOKS: Final = _NEVER | {401}
_TAKEN: Final = frozenset(range(200, 205))
_WORDS: Final = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    408: "TimedOut",
    413: "PayloadTooLarge",
    429: "Busy",
    503: "Busy",
}
TIMED_OUT: Final = "TimedOut"
UNREACHED: Final = "SocketError"

ATTEMPTS_EXCEEDED: Final = "MaxDeliveryAttemptsExceeded"
TIME_EXCEEDED: Final = "TimeToLiveExceeded"
DEAD_LETTER_SECONDS: Final = 300
"""Between the last attempt and the dead letter."""
DEAD_LETTER_PATIENCE: Final = 4 * 3600
"""How long dead letters wait for a place that cannot be reached."""
DEAD_LETTER_PAUSE: Final = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt.

    Attributes:
        status: Of the answer; None where there was none.
        word: What Event Grid calls it.
    """

    status: int | None
    word: str

    @classmethod
    def of(cls, status: int) -> Outcome:
        """Return the outcome that an answer's status means."""
        word = "Delivered" if status in _TAKEN else _WORDS.get(status, "GenericError")
        return cls(status, word)

    @property
    def is_taken(self) -> bool:
        """Whether the event was taken."""
        return self.status in _TAKEN

    def is_final(self, *, by_webhook: bool) -> bool:
        """Whether it will never be taken."""
        return self.status in (_NEVER_BY_WEBHOOKS if by_webhook else _NEVER)


def pause(attempts: int, outcome: Outcome) -> float:
    """Return for how many of Azure's seconds one waits after so many attempts."""
    usual = _PAUSES[min(attempts, len(_PAUSES)) - 1]
    return max(usual, _LEAST.get(outcome.status or 0, 0))


def final_reason(outcome: Outcome) -> str:
    """Return why an event that will never be taken is dead."""
    return f"UndeliverableDueToHttp{outcome.word}"
