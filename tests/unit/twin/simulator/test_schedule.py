from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice, takewhile

import pytest
from tests.unit.twin.twins import EXAMPLE

from funcyard.twin.config.reading import read_twin
from funcyard.twin.config.twin import Twin
from funcyard.twin.contract.telemetry import read_telemetry
from funcyard.twin.contract.times import read_time
from funcyard.twin.simulator.schedule import NothingToSimulateError, Planned, in_order, schedules

TWIN = read_twin(EXAMPLE).twin
NOW = read_time("2026-11-21T23:05:00.000Z")


def _minute(twin: Twin) -> list[Planned]:
    return list(takewhile(lambda one: one.due < 60, in_order(twin)))


def test_every_device_sends_as_often_as_it_says() -> None:
    assert Counter(one.device for one in _minute(TWIN)) == {
        "cold-room-1": 12,
        "cold-room-2": 12,
        "compressor": 6,
    }


def test_messages_come_in_the_order_of_their_times() -> None:
    dues = [one.due for one in _minute(TWIN)]

    assert dues == sorted(dues)
    for number, one in enumerate(islice(schedules(TWIN)["cold-room-1"], 50)):
        assert 5 * number <= one.due <= 5 * (number + 0.1)


def test_every_message_is_one_that_the_twin_takes() -> None:
    types = {one.id: {each.name for each in one.properties} for one in TWIN.devices}

    for one in _minute(TWIN):
        message = read_telemetry(dict(one.payload), now=NOW, device=one.device)
        assert set(message.values) == types[one.device]


def test_the_same_seed_sends_the_same_and_another_does_not() -> None:
    assert TWIN.simulation is not None
    other = replace(TWIN, simulation=TWIN.simulation.model_copy(update={"seed": 8}))

    assert _minute(TWIN) == _minute(TWIN)
    assert _minute(TWIN) != _minute(other)


def test_a_device_less_changes_nothing_about_the_others() -> None:
    assert TWIN.simulation is not None
    fewer = TWIN.simulation.model_copy(update={"devices": TWIN.simulation.devices[1:]})

    left = [one for one in _minute(TWIN) if one.device != "cold-room-1"]
    assert _minute(replace(TWIN, simulation=fewer)) == left


def test_payloads_of_a_file_come_again() -> None:
    watts = [one.payload["powerWatts"] for one in islice(schedules(TWIN)["compressor"], 6)]

    assert watts == [4850.5, 5120.0, 60.2, 6240.8, 4850.5, 5120.0]


def test_a_twin_without_a_simulation_says_so() -> None:
    with pytest.raises(NothingToSimulateError) as caught:
        schedules(replace(TWIN, simulation=None))

    assert caught.value.exit_code == 2
