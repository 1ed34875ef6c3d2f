"""Delays of the local Azure."""

from __future__ import annotations

from funcyard.emulator.core.clock import Clock


def test_a_scale_shortens_what_takes_azure_its_time() -> None:
    assert Clock(10, lambda: 100.0).after(50) == 105


def test_a_pause_of_whole_seconds_is_told_as_every_client_reads_it() -> None:
    assert Clock(10).retry_after(15) == {"retry-after": "2"}


def test_a_shorter_pause_is_not_rounded_up_to_a_second() -> None:
    assert Clock(100).retry_after(15) == {"x-ms-retry-after-ms": "150"}


def test_times_are_written_as_azure_writes_them() -> None:
    assert Clock(1, lambda: 0.5).stamp() == "1970-01-01T00:00:00.5000000Z"
