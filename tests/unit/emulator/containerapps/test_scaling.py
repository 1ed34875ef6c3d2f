"""How many replicas a revision should have."""

from __future__ import annotations

from typing import Any

from funcyard.emulator.containerapps.scaling import Scaler, concurrency, unserved
from funcyard.emulator.core.clock import Clock


def _scale(least: int | None, most: int, *rules: dict[str, Any]) -> dict[str, Any]:
    bounds = {"minReplicas": least, "maxReplicas": most}
    return {**bounds, "cooldownPeriod": 300, "rules": list(rules) or None}


class _Time:
    def __init__(self) -> None:
        self.now = 0.0
        self.clock = Clock(scale=100, time=lambda: self.now)


def test_a_new_revision_gets_a_replica_and_none_after_the_cooldown() -> None:
    time, scaler, scale = _Time(), Scaler(), _scale(None, 10)
    assert scaler.decide(scale, time.clock, is_new=True) == 1
    assert scaler.decide(scale, time.clock, is_new=False) == 1
    assert scaler.due(scale, time.clock) == 3.0
    time.now = 3.0
    assert scaler.decide(scale, time.clock, is_new=False) == 0


def test_requests_make_it_larger_at_once_and_their_end_smaller_later() -> None:
    time, scaler, scale = _Time(), Scaler(), _scale(1, 3)
    scaler.in_flight = 25
    assert scaler.decide(scale, time.clock, is_new=False) == 3
    scaler.in_flight = 0
    assert scaler.decide(scale, time.clock, is_new=False) == 3
    time.now = 2.0
    scaler.in_flight = 30
    assert scaler.decide(scale, time.clock, is_new=False) == 3
    scaler.in_flight = 11
    assert scaler.decide(scale, time.clock, is_new=False) == 3
    time.now = 5.0
    assert scaler.decide(scale, time.clock, is_new=False) == 2


def test_only_requests_that_may_change_the_size_are_told() -> None:
    scaler, scale = Scaler(), _scale(0, 5)
    told = [scaler.count(scale, 1) for _ in range(11)]
    assert [number for number, one in enumerate(told) if one] == [0, 10]
    assert scaler.count(scale, -1)
    assert not scaler.count(scale, -1)


def test_bounds_hold_whatever_is_asked() -> None:
    time, scaler = _Time(), Scaler(in_flight=1000)
    assert scaler.decide(_scale(2, 4), time.clock, is_new=False) == 4
    assert scaler.decide(_scale(2, 3), time.clock, is_new=False) == 3


def test_a_rule_for_http_says_how_many_requests_a_replica_takes() -> None:
    rule = {"name": "http", "http": {"metadata": {"concurrentRequests": "50"}}}
    other = {"name": "queue", "custom": {"type": "azure-queue"}}
    assert concurrency(_scale(0, 1, rule)) == 50
    assert concurrency(_scale(0, 1)) == 10
    assert unserved(_scale(0, 1, rule, other)) == ["queue"]
