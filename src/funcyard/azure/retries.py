"""How often and how patiently a request to Azure Storage is tried again.

The clients' own defaults wait 15 seconds before the first retry, which suits a batch job and nobody
who waits for an answer. Here a request is tried seven times within about six seconds; pauses double
and are drawn at random up to their bound, so that many workers do not return at the same moment.

What is retried: no connection, a torn one, 408 and 5xx (except 501 and 505). A request that was
retried may have been carried out before its answer was lost, so whoever creates or renames looks
whether a refusal describes its own first try. Inserts into tables and their transactions (POST) are
not retried once they were sent: look the row up instead.
"""

from __future__ import annotations

import random
from typing import Any, Final

RETRIES: Final = 6
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 3.0


def pause_seconds(retry: int) -> float:
    """Return how long to wait before a retry, counted from 1."""
    longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** (retry - 1))
    return random.uniform(longest / 2, longest)  # noqa: S311  spreads load, guards nothing


def table_retries() -> dict[str, Any]:
    """Return the retry options of table clients, whose policy is azure-core's own."""
    return {
        "retry_total": RETRIES,
        **each_kind(),
        "retry_backoff_factor": _FIRST_PAUSE_SECONDS,
        "retry_backoff_max": _LONGEST_PAUSE_SECONDS,
    }


def each_kind() -> dict[str, Any]:
    """Return how often what may go wrong on the way is tried again, for each kind of it."""
    return dict.fromkeys(("retry_connect", "retry_read", "retry_status"), RETRIES)
