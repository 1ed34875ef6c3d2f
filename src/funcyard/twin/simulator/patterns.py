"""What a property is, message by message: a series of values for each pattern."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from funcyard.twin.config.simulation import (
    ConstantPattern,
    Pattern,
    RampPattern,
    ReplayPattern,
    SinePattern,
    WalkPattern,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from funcyard.twin.contract.telemetry import Scalar
    from funcyard.twin.rules.tree import DataType

Series: TypeAlias = "Callable[[float], Scalar]"
"""Called once a message, with the seconds since the simulation began; returns the value."""

_DECIMALS = 3


def series(pattern: Pattern, data_type: DataType, random: Random) -> Series:
    """Return the series of a pattern for a property of a type.

    Args:
        pattern: What it is like.
        data_type: What its numbers are rounded to: whole ones, or three decimals.
        random: Where chance comes from; used by this series alone.
    """
    raw = _raw(pattern, random)

    def value(seconds: float) -> Scalar:
        found = raw(seconds)
        if isinstance(found, (bool, str)) or isinstance(pattern, (ConstantPattern, ReplayPattern)):
            return found
        return round(found) if data_type == "INTEGER" else round(found, _DECIMALS)

    return value


def _raw(pattern: Pattern, random: Random) -> Series:
    match pattern:
        case ConstantPattern():
            return lambda _: pattern.value
        case RampPattern():
            return lambda seconds: _ramp(pattern, seconds)
        case SinePattern():
            return lambda seconds: _sine(pattern, seconds, random)
        case WalkPattern():
            return _walk(pattern, random)
        case ReplayPattern():
            return _replay(pattern)


def _ramp(pattern: RampPattern, seconds: float) -> float:
    done = (seconds % pattern.period) / pattern.period
    return pattern.start + (pattern.end - pattern.start) * done


def _sine(pattern: SinePattern, seconds: float, random: Random) -> float:
    wave = math.sin(2 * math.pi * seconds / pattern.period)
    return pattern.mean + pattern.amplitude * wave + random.uniform(-pattern.noise, pattern.noise)


def _walk(pattern: WalkPattern, random: Random) -> Series:
    at = pattern.start
    begun = False

    def value(_: float) -> Scalar:
        nonlocal at, begun
        if begun:
            moved = at + random.uniform(-pattern.step, pattern.step)
            at = min(max(moved, pattern.low), pattern.high)
        begun = True
        return at

    return value


def _replay(pattern: ReplayPattern) -> Series:
    number = -1

    def value(_: float) -> Scalar:
        nonlocal number
        number = (number + 1) % len(pattern.values)
        return pattern.values[number]

    return value
