"""What a type of resource tells to Azure Monitor: metrics, and values of them a minute each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

MINUTE: Final = 60.0
"""How many seconds of the day's clock a value stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric of a type.

    Attributes:
        name: By which it is asked for.
        display: What people read.
        description: Of what is measured.
        unit: Azure's word.
        primary: How it is aggregated where nobody says how.
        dimensions: By which its values are told apart.
        category: Under which it is listed.
    """

    name: str
    display: str
    description: str
    unit: str
    primary: str
    dimensions: tuple[str, ...]
    category: str = "Basic"


@dataclass(frozen=True, slots=True)
class Value:
    """What was measured in a minute.

    Attributes:
        metric: Name of the metric.
        time: When the minute began, in seconds of the day's clock.
        value: In the metric's unit.
        dimensions: Value of each of the metric's dimensions.
    """

    metric: str
    time: float
    value: float
    dimensions: Mapping[str, str]


class Metered(Protocol):
    """Where the values of a type's resources are."""

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What is measured."""
        ...

    async def values(self, core: Core, kept: Kept, since: float, until: float) -> list[Value]:
        """Return all values of a resource whose minutes began in a span of time.

        Args:
            core: Where it is.
            kept: The resource.
            since: The earliest, in seconds of the day's clock.
            until: Before which the last began.
        """
        ...
