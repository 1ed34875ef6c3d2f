"""A function's retry policy: how often, and how long between the tries.

Azure honours it for timers; queues and blobs have their dequeue count.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-policies
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.host.timespan import parse_timespan

if TYPE_CHECKING:
    from funcyard.functions.model import Json

_FIXED, _EXPONENTIAL = "fixed_delay", "exponential_backoff"


class RetryPolicyError(UserError):
    """A retry policy's settings cannot be meant."""

    code = "retry-policy"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a failed run is repeated.

    Attributes:
        limit: Retries after the first run, -1 without limit.
        first: Seconds before the first retry.
        longest: The delay doubles up to this; equal to ``first`` when it is fixed.
    """

    limit: int
    first: float
    longest: float

    def allows(self, retry: int) -> bool:
        """Tell whether retry number ``retry``, from 1, may be made."""
        return self.limit < 0 or retry <= self.limit

    def delay(self, retry: int) -> float:
        """Return the seconds to wait before retry number ``retry``, from 1."""
        return float(min(self.first * 2 ** min(retry - 1, 60), self.longest))


def parse_retry(settings: Json | None) -> RetryPolicy | None:
    """Return the policy that a function declares, None where it declares none.

    Raises:
        RetryPolicyError: An unknown strategy, or a count or interval that is none.
    """
    if not settings:
        return None
    strategy = str(settings.get("strategy", ""))
    try:
        limit = int(settings.get("max_retry_count") or 0)
        if strategy == _FIXED:
            first = longest = _seconds(settings, "delay_interval")
        elif strategy == _EXPONENTIAL:
            first = _seconds(settings, "minimum_interval")
            longest = _seconds(settings, "maximum_interval")
        else:
            raise RetryPolicyError(
                f"{strategy!r} is no retry strategy", hint=f"{_FIXED} or {_EXPONENTIAL}"
            )
    except ValueError as fault:
        raise RetryPolicyError(f"the retry policy is wrong: {fault}") from fault
    return RetryPolicy(limit, first, longest)


def _seconds(settings: Json, name: str) -> float:
    value = settings.get(name)
    if value is None:
        raise ValueError(f"{name} is missing")
    if isinstance(value, (int, float)):
        return float(value)
    return parse_timespan(str(value)).total_seconds()
