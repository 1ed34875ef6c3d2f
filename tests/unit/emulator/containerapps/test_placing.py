"""Nodes of workload profiles: who has room, who waits, and when nodes come and go."""

from __future__ import annotations

import pytest

from funcyard.emulator.containerapps.placing import (
    IDLE_SECONDS,
    NODE_SECONDS,
    Bounds,
    Placed,
    Pool,
    fits_in,
)
from funcyard.emulator.containerapps.profiles import TYPES
from funcyard.emulator.containerapps.resources import Demand
from funcyard.emulator.core.clock import Clock

_E16 = TYPES["e16"]
_WHOLE = Demand(16, 128)


class _Time:
    def __init__(self) -> None:
        self.now = 1000.0
        self.clock = Clock(scale=10, time=lambda: self.now)


def test_a_node_that_one_replica_asks_for_whole_has_no_room_for_another() -> None:
    time, pool = _Time(), Pool(Bounds(_E16, 1, 1))
    pool.turn(time.clock, {}, lacks=False)
    assert pool.place(_WHOLE, {}) == Placed(0)
    assert pool.place(_WHOLE, {0: [_WHOLE]}) == Placed(None, is_full=True)
    assert not pool.turn(time.clock, {0: [_WHOLE]}, lacks=True)
    assert pool.next_turn(time.clock) is None


def test_a_raised_maximum_brings_a_node_after_a_while() -> None:
    time, pool = _Time(), Pool(Bounds(_E16, 1, 1))
    taken = {0: [_WHOLE]}
    pool.turn(time.clock, taken, lacks=True)
    pool.bounds = Bounds(_E16, 1, 2)
    assert pool.place(_WHOLE, taken) == Placed(None, is_full=False)
    assert pool.turn(time.clock, taken, lacks=True)
    assert pool.next_turn(time.clock) == time.now + NODE_SECONDS / 10
    time.now += NODE_SECONDS / 10
    assert not pool.turn(time.clock, taken, lacks=True)
    assert (pool.count, pool.place(_WHOLE, taken)) == (2, Placed(1))


def test_a_maximum_that_is_lowered_meanwhile_brings_none() -> None:
    time, pool = _Time(), Pool(Bounds(_E16, 0, 1))
    assert pool.turn(time.clock, {}, lacks=True)
    time.now += NODE_SECONDS / 10
    pool.turn(time.clock, {}, lacks=True)
    pool.bounds = Bounds(_E16, 0, 2)
    assert pool.turn(time.clock, {0: [_WHOLE]}, lacks=True)
    pool.bounds = Bounds(_E16, 0, 1)
    pool.turn(time.clock, {0: [_WHOLE]}, lacks=True)
    time.now += NODE_SECONDS / 10
    pool.turn(time.clock, {0: [_WHOLE]}, lacks=True)
    assert pool.count == 1


def test_an_empty_node_beyond_the_minimum_goes_after_a_while() -> None:
    time, pool = _Time(), Pool(Bounds(_E16, 1, 3), count=3)
    pool.turn(time.clock, {0: [_WHOLE]}, lacks=False)
    assert pool.next_turn(time.clock) == time.now + IDLE_SECONDS / 10
    time.now += IDLE_SECONDS / 10
    pool.turn(time.clock, {1: [_WHOLE]}, lacks=False)
    assert pool.count == 2  # what runs on the second keeps the first, too
    pool.turn(time.clock, {}, lacks=False)
    time.now += IDLE_SECONDS / 10
    pool.turn(time.clock, {}, lacks=False)
    assert pool.count == 1


def test_on_consumption_only_the_limit_of_cores_counts() -> None:
    pool = Pool(Bounds(TYPES["consumption"]))
    most = {0: [Demand(4, 8)] * 125}
    assert pool.place(Demand(4, 8), {0: most[0][:-1]}) == Placed(0)
    assert pool.place(Demand(0.25, 0.5), most) == Placed(None, is_full=True)


@pytest.mark.parametrize(
    ("demands", "fits"),
    [
        ([Demand(8, 64), Demand(8, 64)], True),
        ([Demand(8, 64), Demand(8.25, 64)], False),
        ([Demand(1, 100), Demand(1, 29)], False),
    ],
)
def test_a_node_holds_what_both_its_cores_and_its_memory_hold(
    demands: list[Demand], *, fits: bool
) -> None:
    assert fits_in(_E16, demands) is fits
