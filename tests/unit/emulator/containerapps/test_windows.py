"""Scale rules by the time of day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from funcyard.emulator.containerapps import windows
from funcyard.emulator.containerapps.scaling import Scaler, unserved
from funcyard.emulator.core.clock import Clock

_WINDOW = {
    "timezone": "Europe/Berlin",
    "start": "0 8 * * *",
    "end": "0 16 * * *",
    "desiredReplicas": "2",
}


def _rule(**changes: str) -> dict[str, Any]:
    return {"name": "day", "custom": {"type": "cron", "metadata": {**_WINDOW, **changes}}}


def _scale(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"minReplicas": None, "maxReplicas": 3, "cooldownPeriod": 300, "rules": list(rules)}


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("now", "replicas", "changes"),
    [
        ("2026-01-05 06:59", 0, "2026-01-05 07:00"),
        ("2026-01-05 07:00", 2, "2026-01-05 15:00"),
        ("2026-01-05 15:00", 0, "2026-01-06 07:00"),
        ("2026-07-05 06:00", 2, "2026-07-05 14:00"),  # an hour earlier in summer
    ],
)
def test_there_are_replicas_between_start_and_end(now: str, replicas: int, changes: str) -> None:
    assert windows.wanted(_scale(_rule()), _moment(now)) == (replicas, _moment(changes))


def test_a_revision_is_as_large_as_its_window_says_and_smaller_after_the_cooldown() -> None:
    now = [_moment("2026-01-05 06:59")]
    clock, scaler, scale = Clock(time=lambda: now[0]), Scaler(), _scale(_rule())
    assert scaler.decide(scale, clock, is_new=False) == 0
    assert scaler.due(scale, clock) == _moment("2026-01-05 07:00")
    now[0] = scaler.due(scale, clock)
    assert scaler.decide(scale, clock, is_new=False) == 2
    now[0] = scaler.due(scale, clock)
    assert scaler.decide(scale, clock, is_new=False) == 2
    now[0] = scaler.due(scale, clock)
    assert now[0] == _moment("2026-01-05 15:05")
    assert scaler.decide(scale, clock, is_new=False) == 0
    assert unserved(scale) == []


@pytest.mark.parametrize(
    "changes",
    [{"timezone": "Nowhere/Else"}, {"start": "x"}, {"end": ""}, {"desiredReplicas": "many"}],
)
def test_a_window_that_means_nothing_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says why in its own words
        windows.of(_rule(**changes))
