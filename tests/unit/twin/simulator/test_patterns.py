from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from funcyard.twin.config.simulation import Pattern
from funcyard.twin.rules.tree import DataType
from funcyard.twin.simulator.patterns import series

_PATTERNS: TypeAdapter[Pattern] = TypeAdapter(Pattern)


def _values(
    told: dict[str, object], times: list[float], data_type: DataType = "DOUBLE"
) -> list[object]:
    value = series(_PATTERNS.validate_python(told), data_type, Random(7))  # noqa: S311 - a test
    return [value(seconds) for seconds in times]


@pytest.mark.parametrize(
    ("told", "times", "values"),
    [
        ({"pattern": "constant", "value": "idle"}, [0, 9], ["idle", "idle"]),
        ({"pattern": "constant", "value": 1.23456}, [0], [1.23456]),
        (
            {"pattern": "ramp", "from": 10, "to": 20, "period": 4},
            [0, 1, 2, 4, 5],
            [10, 12.5, 15, 10, 12.5],
        ),
        ({"pattern": "ramp", "from": 1, "to": -1, "period": 2}, [0, 1, 1.9999], [1, 0, -1]),
        (
            {"pattern": "sine", "mean": 5, "amplitude": 2, "period": 8},
            [0, 1, 2, 4, 6, 8],
            [5, 6.414, 7, 5, 3, 5],
        ),
        ({"pattern": "replay", "values": (True, False)}, [0, 5, 9], [True, False, True]),
    ],
)
def test_a_pattern_sends_what_it_says(
    told: dict[str, object], times: list[float], values: list[object]
) -> None:
    assert _values(told, times) == values


def test_numbers_of_an_integer_are_whole() -> None:
    values = _values({"pattern": "ramp", "from": 0, "to": 3, "period": 4}, [0, 1, 2, 3], "INTEGER")

    assert values == [0, 1, 2, 2]
    assert all(type(value) is int for value in values)


@given(
    start=st.integers(0, 10), step=st.floats(0, 5), low=st.integers(-5, 0), high=st.integers(10, 15)
)
def test_a_walk_stays_inside_and_takes_no_larger_steps(
    start: int, step: float, low: int, high: int
) -> None:
    told = {"pattern": "randomWalk", "start": start, "step": step, "low": low, "high": high}

    values = [float(str(value)) for value in _values(told, [0.0] * 50)]
    assert values[0] == start
    assert all(low <= value <= high for value in values)
    assert all(abs(two - one) <= step + 0.001 for one, two in itertools.pairwise(values))


def test_noise_stays_near_and_is_the_same_again() -> None:
    told = {"pattern": "sine", "mean": 5, "amplitude": 0, "period": 8, "noise": 0.5}
    values = _values(told, [0.0] * 20)

    assert len(set(values)) > 10
    assert all(4.5 <= float(str(value)) <= 5.5 for value in values)
    assert values == _values(told, [0.0] * 20)
