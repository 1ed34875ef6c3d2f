"""A night of a twin's clock, as a timer of Azure's takes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from funcyard.twin.contract.clock import Clock
from funcyard.twin.providers.azure.layers.timers import nightly

_NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scale", "schedule"),
    [
        (1_000_000, "*/1 * * * * *"),
        (86_400, "*/1 * * * * *"),
        (8_640, "*/10 * * * * *"),
        (1440, "0 */1 * * * *"),
        (144, "0 */10 * * * *"),
        (24, "0 0 */1 * * *"),
        (2, "0 0 */12 * * *"),
        (1, "0 0 0 * * *"),
    ],
)
def test_a_night_of_the_clock_is_a_schedule_by_the_time_of_day(scale: float, schedule: str) -> None:
    assert nightly(Clock(_NOW, _NOW, scale)) == schedule
