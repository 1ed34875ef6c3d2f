"""What replicas ask for: cores and memory of their containers, and which pairs of them there are.

https://learn.microsoft.com/azure/container-apps/containers#allocations for Consumption; a dedicated
profile takes any up to a whole node.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.emulator.containerapps.profiles import ProfileType
    from funcyard.emulator.core.records import Json

_MEMORY: Final = re.compile(r"(\d+(?:\.\d+)?)Gi")
_STEP: Final = 0.25
_USUAL: Final = {"cpu": 0.5, "memory": "1Gi"}
_SCRATCH: Final = ((0.25, 1), (0.5, 2), (1, 4))
_MOST_SCRATCH: Final = 8
GIB: Final = 1024**3


@dataclass(frozen=True, slots=True)
class Demand:
    """What something asks for, or has.

    Attributes:
        cpu: Cores.
        memory: GiB.
    """

    cpu: float
    memory: float


def gibibytes(text: str) -> float:
    """Return a size as Container Apps write it, in GiB.

    Raises:
        ArmError: It is none.
    """
    found = _MEMORY.fullmatch(text)
    if found is None:
        raise errors.bad(
            "InvalidParameterValueInContainerTemplate",
            "The following field(s) are either invalid or missing. Field 'resources.memory' is"
            f" invalid with details: 'Invalid value: \"{text}\": a size in Gi is expected'.",
        )
    return float(found[1])


def completed(given: Json | None) -> Json:
    """Return the resources of a container with what Azure fills in.

    Raises:
        ArmError: Its memory is no size.
    """
    wanted = {name: value for name, value in (given or {}).items() if value is not None}
    cpu = wanted.get("cpu", _USUAL["cpu"])
    memory = gibibytes(str(wanted.get("memory", _USUAL["memory"])))
    scratch = next((size for most, size in _SCRATCH if cpu <= most), _MOST_SCRATCH)
    return {"cpu": cpu, "memory": f"{memory:g}Gi", "ephemeralStorage": f"{scratch}Gi"}


def demand(containers: Iterable[Json]) -> Demand:
    """Return what a replica with these containers asks for."""
    asked = [one["resources"] for one in containers]
    return Demand(sum(one["cpu"] for one in asked), sum(gibibytes(one["memory"]) for one in asked))


def check(wanted: Demand, kind: ProfileType, profile: str) -> None:
    """Refuse what a replica cannot ask for on a profile.

    Raises:
        ArmError: It is no pair of Consumption's, or more than a node has.
    """
    if kind.is_dedicated:
        if wanted.cpu <= 0 or wanted.cpu > kind.cores or wanted.memory > kind.memory:
            raise errors.bad(
                "ContainerAppInvalidResourceTotal",
                f"The total requested CPU and memory resources for this application (CPU:"
                f" {wanted.cpu:g}, memory: {wanted.memory:g}) is invalid. A node of workload"
                f" profile '{profile}' ({kind.name}) has {kind.cores} cores and {kind.memory}Gi.",
            )
        return
    steps = int(kind.cores / _STEP)
    pairs = [(number * _STEP, number * _STEP * 2) for number in range(1, steps + 1)]
    if (wanted.cpu, wanted.memory) not in pairs:
        listed = "; ".join(f"[cpu: {cpu:g}, memory: {memory:.1f}Gi]" for cpu, memory in pairs)
        raise errors.bad(
            "ContainerAppInvalidResourceTotal",
            f"The total requested CPU and memory resources for this application (CPU:"
            f" {wanted.cpu:g}, memory: {wanted.memory:.1f}) is invalid. Total CPU and memory for"
            " all containers defined in a Container App must add up to one of the following CPU -"
            f" Memory combinations: {listed}",
        )
