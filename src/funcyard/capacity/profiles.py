"""What workload profiles offer: the nodes of the dedicated ones, the sizes of the shared one.

The facts are data (``profiles.json``, with its sources). The sizes of nodes are nominal: Azure
keeps a little of each for itself but takes replicas that ask for all of it, so nothing is taken
off.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from funcyard.capacity.sizes import Size, amount


@dataclass(frozen=True, slots=True)
class Consumption:
    """The sizes that a replica on the shared profile may have.

    Attributes:
        step: vCPUs from one size to the next.
        most: vCPUs of the largest.
        ratio: GiB for each vCPU.
    """

    step: Fraction
    most: Fraction
    ratio: Fraction

    def allows(self, size: Size) -> bool:
        """Tell whether a replica may have this size."""
        steps = size.cpu / self.step
        return (
            0 < size.cpu <= self.most
            and steps.denominator == 1
            and size.memory == size.cpu * self.ratio
        )

    def nearest(self, size: Size) -> Size | None:
        """Return the smallest size that holds this one, None where none does."""
        wanted = max(size.cpu, size.memory / self.ratio, self.step)
        steps = -(-wanted // self.step)
        cpu = self.step * steps
        return Size(cpu, cpu * self.ratio) if cpu <= self.most else None

    def __str__(self) -> str:
        return (
            f"{amount(self.step)} to {amount(self.most)} vCPU in steps of {amount(self.step)},"
            f" with {amount(self.ratio)} GiB each"
        )


@cache
def nodes() -> dict[str, Size]:
    """Return what a node holds, by type of profile."""
    return {
        name: Size(Fraction(node["cpu"]), Fraction(node["memory"]))
        for name, node in _data()["nodes"].items()
    }


def node_of(kind: str) -> Size | None:
    """Return what a node of a type holds, None for the shared profiles and types not known."""
    found = {name.lower(): node for name, node in nodes().items()}
    return found.get(kind.lower())


@cache
def types() -> tuple[str, ...]:
    """Return the types of profile that Azure offers."""
    return (*nodes(), *_data()["shared"])


@cache
def consumption() -> Consumption:
    """Return the sizes of replicas on the shared profile."""
    data = _data()["consumption"]
    return Consumption(
        Fraction(str(data["step"])), Fraction(data["cpu"]), Fraction(data["memory_per_cpu"])
    )


@cache
def _data() -> dict[str, Any]:
    text = resources.files("funcyard.capacity").joinpath("profiles.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
