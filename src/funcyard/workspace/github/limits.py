"""How long GitHub asks to wait before the next request.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: a 403 or 429 with
``retry-after``, else with ``x-ratelimit-remaining: 0`` and the end of the window in
``x-ratelimit-reset``; a 429 with neither means a minute. Any other 403 is a refusal.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MINUTE: Final = 60.0
_LONGEST: Final = 24 * 3600.0


def wait_seconds(
    status: int, headers: Mapping[str, str], now: float, *, said: str = ""
) -> float | None:
    """Return how long to wait, None where the answer is about something else.

    Args:
        status: Of the answer.
        headers: Of the answer.
        now: This moment, in seconds since 1970.
        said: GitHub's message.
    """
    if status not in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
        return None
    if (after := _number(headers.get("Retry-After"))) is not None:
        return _bounded(after)
    reset = _number(headers.get("X-RateLimit-Reset"))
    if headers.get("X-RateLimit-Remaining") == "0" and reset is not None:
        return _bounded(reset - now)
    limited = status == HTTPStatus.TOO_MANY_REQUESTS or "rate limit" in said.lower()
    return _MINUTE if limited else None


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 1.0), _LONGEST)
