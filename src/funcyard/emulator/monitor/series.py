"""Values of a metric as series of points: told apart by dimensions, aggregated by intervals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from funcyard.emulator.monitor.models import Value

_AGGREGATED: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "average": lambda values: sum(values) / len(values),
    "minimum": min,
    "maximum": max,
    "total": sum,
    "count": len,
}
WORDS: Final = tuple(_AGGREGATED)
"""How values can be aggregated."""


@dataclass(slots=True)
class Series:
    """Values that have something in common.

    Attributes:
        dimensions: Value of each dimension by which it is told apart.
        points: Values of each interval in which there are any, by its number.
    """

    dimensions: dict[str, str]
    points: dict[int, list[float]] = field(default_factory=dict)

    def at(self, number: int, words: Iterable[str]) -> dict[str, float]:
        """Return the values of an interval, aggregated; nothing where there is none."""
        values = self.points.get(number)
        return {word: aggregated(word, values) for word in words} if values else {}

    def whole(self, word: str) -> float:
        """Return all values, aggregated."""
        return aggregated(word, [one for values in self.points.values() for one in values])


def aggregated(word: str, values: Sequence[float]) -> float:
    """Return values, of which there is one at least, as one of the :data:`WORDS` has it."""
    return float(_AGGREGATED[word](values))


def series_of(
    values: Iterable[Value], split: Sequence[str], start: float, seconds: float
) -> list[Series]:
    """Return the series of a metric, in the order of their dimensions.

    Args:
        values: What was measured.
        split: The dimensions by which they are told apart; of none there is one series.
        start: When the first interval begins.
        seconds: How long each is.
    """
    found: dict[tuple[str, ...], Series] = {}
    for one in values:
        known = {name.lower(): value for name, value in one.dimensions.items()}
        apart = {name.lower(): known[name.lower()] for name in split}
        series = found.setdefault(tuple(apart.values()), Series(apart))
        series.points.setdefault(int((one.time - start) // seconds), []).append(one.value)
    return [found[key] for key in sorted(found)]


def foremost(series: Iterable[Series], order: tuple[str, bool] | None, most: int) -> list[Series]:
    """Return the first series.

    Args:
        series: All.
        order: By which aggregation of all values they are ordered, and whether the largest is the
            first; None leaves their order.
        most: How many at most.
    """
    found = list(series)
    if order is not None:
        word, is_descending = order
        found.sort(key=lambda one: one.whole(word), reverse=is_descending)
    return found[:most]
