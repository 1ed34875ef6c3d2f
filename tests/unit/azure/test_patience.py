"""Waiting for a busy Azure: for how long, told to whom, and what is never sent twice."""

from __future__ import annotations

import asyncio
import random

import pytest

from funcyard.azure.deadline import within
from funcyard.azure.patience import Patience, may_ask_again, pause_before


class _Waits:
    """Remembers pauses, and has the time pass, instead of waiting."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.told: list[str] = []
        self.time = 0.0

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        woken = self.time + seconds
        await asyncio.sleep(0)  # so that others begin to wait, too
        self.time = max(self.time, woken)

    def patience(self, seconds: float) -> Patience:
        chance = random.Random(1)  # noqa: S311 - spreads load
        return Patience(
            seconds, self.told.append, chance=chance, now=lambda: self.time, sleep=self.sleep
        )


def test_what_an_answer_asks_for_is_kept_and_a_little_more() -> None:
    chance = random.Random(1)  # noqa: S311 - spreads load
    pauses = [pause_before(3, 10.0, chance) for _ in range(50)]

    assert 10.0 <= min(pauses) < max(pauses) <= 11.0


def test_pauses_double_up_to_the_longest_where_an_answer_does_not_say() -> None:
    chance = random.Random(1)  # noqa: S311 - spreads load
    longest = [max(pause_before(n, None, chance) for _ in range(200)) for n in range(1, 8)]

    assert [round(one) for one in longest] == [1, 2, 4, 8, 16, 20, 20]


async def test_it_waits_until_its_budget_is_spent_and_then_no_more() -> None:
    waits = _Waits()
    patience = waits.patience(60)
    for number in range(1, 100):
        if not await patience.wait(number, None, "busy"):
            break

    assert 40 < sum(waits.pauses) <= 60
    patience.renew()
    assert await patience.wait(1, 5, "busy")


async def test_a_pause_that_is_longer_than_what_is_left_is_not_begun() -> None:
    waits = _Waits()

    assert not await waits.patience(60).wait(1, 61, "busy")
    assert waits.pauses == []


@pytest.mark.parametrize("seed", range(20))
async def test_a_pause_that_takes_all_that_is_left_is_waited(seed: int) -> None:
    """Whatever chance adds: the same answer is not now waited for, and now is not."""
    waits = _Waits()
    chance = random.Random(seed)  # noqa: S311 - spreads load
    patience = Patience(60, chance=chance, now=lambda: waits.time, sleep=waits.sleep)

    assert await patience.wait(1, 60, "busy")
    assert waits.pauses == [60]


async def test_those_who_wait_at_the_same_time_spend_the_budget_once_and_one_tells() -> None:
    waits = _Waits()
    patience = waits.patience(60)

    assert all(await asyncio.gather(*(patience.wait(1, 30, "busy") for _ in range(20))))
    assert waits.told[0].startswith("busy: asking again in 3")
    assert len(waits.told) < 3


async def test_a_wait_ends_before_the_time_for_the_whole_does() -> None:
    waits = _Waits()
    patience = waits.patience(60)

    async with within(5):
        assert not await patience.wait(1, 10, "busy")
        assert await patience.wait(1, 2, "busy")
        assert not await asyncio.create_task(patience.wait(1, 10, "busy"))
    assert await patience.wait(1, 10, "busy")


@pytest.mark.parametrize(
    ("method", "path", "status", "again"),
    [
        ("GET", "/app", 429, True),
        ("GET", "/app", 500, True),
        ("GET", "/app", 503, True),
        ("GET", "/app", 501, False),
        ("GET", "/app", 403, False),
        ("GET", "/app", 200, False),
        ("POST", "/app/listsecrets", 503, True),
        ("POST", "/app/restart", 429, True),
        ("POST", "/app/restart", 503, False),
        ("PATCH", "/app", 429, True),
        ("PATCH", "/app", 504, False),
    ],
)
def test_a_change_that_may_have_taken_effect_is_not_sent_again(
    method: str, path: str, status: int, *, again: bool
) -> None:
    assert may_ask_again(method, path, status) is again
