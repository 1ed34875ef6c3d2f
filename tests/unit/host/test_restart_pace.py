from __future__ import annotations

from funcyard.host.restart_pace import RestartPace


def test_a_worker_that_keeps_dying_is_waited_for_longer_and_longer_up_to_a_limit() -> None:
    pace = RestartPace(lambda: 100.0)
    pace.serving()

    assert [pace.next_delay() for _ in range(9)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]
    assert {pace.next_delay() for _ in range(2_000)} == {10}


def test_one_that_served_for_a_while_is_replaced_at_once_again() -> None:
    now = [100.0]
    pace = RestartPace(lambda: now[0])
    pace.serving()
    assert [pace.next_delay(), pace.next_delay()] == [0.1, 0.2]

    now[0] += 30.1

    assert pace.next_delay() == 0.1
