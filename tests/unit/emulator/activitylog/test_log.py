"""What the activity log keeps."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from funcyard.emulator.activitylog import log as module
from funcyard.emulator.activitylog.filters import Filter, read_filter
from funcyard.emulator.activitylog.log import ActivityLog


def _event(number: int) -> dict[str, Any]:
    return {
        "eventTimestamp": f"2026-01-01T00:00:{number % 60:02}.0000000Z",
        "subscriptionId": "one",
        "resourceId": f"/Thing/{number}",
        "resourceGroupName": "g",
        "resourceProviderName": {"value": "Some.Provider"},
        "operationName": {"value": "Some.Provider/things/write"},
        "correlationId": str(number),
    }


def test_the_oldest_events_go_and_ids_are_compared_without_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    monkeypatch.setattr(module, "_TRIMMED_EVERY", 5)
    log = ActivityLog(tmp_path)
    for number in range(5):
        log.add(_event(number))
    found = log.find(Filter(since="2026"), "ONE")
    assert [one["correlationId"] for one in found] == ["4", "3", "2"]
    assert len(log.find(Filter(since="2026", resource="/thing/4"), "one")) == 1
    assert log.find(Filter(since="2026"), "another") == []
    log.close()


def test_an_event_that_cannot_be_kept_is_no_fault_of_what_it_tells(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = ActivityLog(tmp_path)
    with sqlite3.connect(tmp_path / "activitylog.sqlite") as other:
        other.execute("DROP TABLE events")
    log.add(_event(1))
    assert "lacks Some.Provider/things/write" in caplog.text
    log.close()
    with pytest.raises(sqlite3.ProgrammingError):
        log.find(Filter(since="2026"), "one")


def test_times_are_compared_in_one_zone() -> None:
    found = read_filter("eventTimestamp ge '2026-01-01T01:00:00.1234567+01:00'")
    assert found.since == "2026-01-01T00:00:00.1234560Z"
