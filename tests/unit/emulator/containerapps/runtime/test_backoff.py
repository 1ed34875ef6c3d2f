"""Pauses of containers that fail."""

from __future__ import annotations

from funcyard.emulator.containerapps.runtime.backoff import BackOff


def test_a_container_is_started_again_at_once_then_later_and_later() -> None:
    crashes = BackOff()
    assert [crashes.after(1) for _ in range(8)] == [0, 10, 20, 40, 80, 160, 300, 300]
    assert crashes.after(600) == 0
    assert crashes.after(1) == 10


def test_an_image_is_asked_for_again_after_a_first_pause() -> None:
    pulls = BackOff(is_patient=True)
    assert [pulls.after(0) for _ in range(6)] == [10, 20, 40, 80, 160, 300]
