from __future__ import annotations

from funcyard.azure.retries import RETRIES, pause_seconds


def test_pauses_double_and_all_of_them_together_stay_bearable() -> None:
    longest = [max(pause_seconds(retry) for _ in range(200)) for retry in range(1, RETRIES + 1)]

    assert longest == sorted(longest)
    assert longest[0] <= 0.1
    assert sum(longest) < 7


def test_two_workers_do_not_return_at_the_same_moment() -> None:
    assert len({pause_seconds(4) for _ in range(50)}) > 10
