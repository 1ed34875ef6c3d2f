"""When a service wants to be asked again, in each way in which it says so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from funcyard.azure.retry_after import retry_after

_NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "17"}, 17.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "Sun, 22 Nov 2026 09:00:30 GMT"}, 30.0),
        ({"Retry-After": "Sun, 22 Nov 2026 09:00:30 -0000"}, 30.0),
        ({"Retry-After": "Sun, 22 Nov 2026 08:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, None),
        ({"Retry-After": "Mon, 01 Jan 2024 00:00:00 +9999999999999999"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": ""}, None),
        # A date is one of the clock that the answer tells, not of this machine's.
        (
            {
                "Retry-After": "Sun, 22 Nov 2026 10:00:30 GMT",
                "Date": "Sun, 22 Nov 2026 10:00:00 GMT",
            },
            30.0,
        ),
        ({"Retry-After": "Sun, 22 Nov 2026 09:00:30 GMT", "Date": "today"}, 30.0),
        ({"x-ms-retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "40", "Retry-After": "1"}, 0.04),
    ],
)
def test_it_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, _NOW) == seconds
