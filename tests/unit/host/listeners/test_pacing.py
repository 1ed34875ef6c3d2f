from __future__ import annotations

import asyncio

from funcyard.host.listeners.pacing import Backoff, Nap


def test_without_a_limit_an_idle_queue_is_polled_ten_times_a_second() -> None:
    backoff = Backoff(None)

    assert {backoff.after_nothing() for _ in range(20)} == {0.1}


def test_with_a_limit_the_wait_grows_to_it_and_starts_anew_after_a_message() -> None:
    backoff = Backoff(5.0)
    waits = [backoff.after_nothing() for _ in range(12)]
    backoff.reset()

    assert waits[0] <= 0.12
    assert all(0.1 <= wait <= 5 for wait in waits)
    assert waits[-1] == 5
    assert backoff.after_nothing() <= 0.12


async def test_a_nap_ends_early_when_woken_even_before_it_began() -> None:
    nap = Nap()
    nap.wake()
    await asyncio.wait_for(nap.sleep(None), 1)
    asyncio.get_running_loop().call_later(0.01, nap.wake)
    await asyncio.wait_for(nap.sleep(60), 1)
    await asyncio.wait_for(nap.sleep(0.01), 1)
