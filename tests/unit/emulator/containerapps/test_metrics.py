"""What readings of replicas tell to Azure Monitor."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from funcyard.emulator.containerapps.metering import Reading
from funcyard.emulator.containerapps.metrics import AppMetrics, values_of
from funcyard.emulator.core.clock import Clock

_NOW = 630.0
_READING = Reading(
    minute=600.0,
    revision="app--one",
    replica="a",
    cores=0.25,
    memory=2**20,
    share_of_cores=0.5,
    share_of_memory=0.125,
    restarts=2,
)


class _Meter:
    """Notes what is measured."""

    def __init__(self) -> None:
        self.measured: list[tuple[float, str]] = []

    async def measure(self, moment: float, app: str) -> None:
        self.measured.append((moment, app))

    def readings(self, app: str, since: float, until: float) -> list[Reading]:
        assert (app, since < until) == ("app", True)
        return [_READING] if self.measured else []


def _measured(since: float, until: float) -> tuple[list[tuple[float, str]], int]:
    """Return what was measured for a question, and how many values it got."""
    meter = _Meter()
    core: Any = SimpleNamespace(
        container_apps=SimpleNamespace(meter=meter), clock=Clock(time=lambda: _NOW)
    )
    asked = AppMetrics().values(core, cast("Any", SimpleNamespace(key="app")), since, until)
    return meter.measured, len(asyncio.run(asked))


def test_the_minute_that_goes_on_is_measured_when_somebody_asks_for_it() -> None:
    assert _measured(540, 660) == ([(_NOW, "app")], 6)


@pytest.mark.parametrize(("since", "until"), [(540, 600), (660, 720)])
def test_what_is_asked_of_other_minutes_measures_nothing(since: float, until: float) -> None:
    assert _measured(since, until) == ([], 0)


def test_a_reading_tells_each_metric_in_its_unit_by_its_dimensions() -> None:
    told = {one.metric: one for one in values_of([_READING])}
    assert {name: one.value for name, one in told.items()} == {
        "UsageNanoCores": 250_000_000,
        "WorkingSetBytes": 2**20,
        "RestartCount": 2,
        "CpuPercentage": 50,
        "MemoryPercentage": 12.5,
        "Replicas": 1,
    }
    both = {"revisionName": "app--one", "podName": "a"}
    assert dict(told["UsageNanoCores"].dimensions) == both
    assert dict(told["CpuPercentage"].dimensions) == {"podName": "a"}
    assert dict(told["Replicas"].dimensions) == {"revisionName": "app--one"}


def test_replicas_are_counted_by_minute_and_revision() -> None:
    others = [replace(_READING, replica="b"), replace(_READING, revision="app--two")]
    later = replace(_READING, minute=660.0)
    counts = [one for one in values_of([_READING, *others, later]) if one.metric == "Replicas"]
    assert [(one.time, one.value, *one.dimensions.values()) for one in counts] == [
        (600, 2, "app--one"),
        (600, 1, "app--two"),
        (660, 1, "app--one"),
    ]
