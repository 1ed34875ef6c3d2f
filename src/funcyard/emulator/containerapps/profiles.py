"""Workload profiles: the sizes of nodes, what an environment may have of them, and what it has.

Sizes are those that Azure lists (``availableManagedEnvironmentsWorkloadProfileTypes``, recorded);
https://learn.microsoft.com/azure/container-apps/workload-profiles-overview tells how nodes are
counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.core.records import Json

CONSUMPTION: Final = "Consumption"
_GENERAL: Final = "GeneralPurpose"
_MEMORY: Final = "MemoryOptimized"
_GPU: Final = "GPU-NC-A100"


@dataclass(frozen=True, slots=True)
class ProfileType:
    """A kind of node.

    Attributes:
        name: As profiles name it.
        category: What it is counted as.
        cores: Of a node; of a replica at most, where there are no nodes.
        memory: The same in GiB.
        gpus: How many it has.
    """

    name: str
    category: str
    cores: int
    memory: int
    gpus: int = 0

    @property
    def is_dedicated(self) -> bool:
        """Whether replicas run on nodes that the environment pays for."""
        return self.category not in {CONSUMPTION, "Flex"}


TYPES: Final = {
    one.name.lower(): one
    for one in (
        ProfileType("D4", _GENERAL, 4, 16),
        ProfileType("D8", _GENERAL, 8, 32),
        ProfileType("D16", _GENERAL, 16, 64),
        ProfileType("D32", _GENERAL, 32, 128),
        ProfileType("E4", _MEMORY, 4, 32),
        ProfileType("E8", _MEMORY, 8, 64),
        ProfileType("E16", _MEMORY, 16, 128),
        ProfileType("E32", _MEMORY, 32, 256),
        ProfileType(CONSUMPTION, CONSUMPTION, 4, 8),
        ProfileType("NC24-A100", _GPU, 24, 220, 1),
        ProfileType("NC48-A100", _GPU, 48, 440, 2),
        ProfileType("NC96-A100", _GPU, 96, 880, 4),
        ProfileType("Flex", "Flex", 4, 8),
    )
}
_LISTED: Final = tuple(one for one in TYPES.values() if one.name != "Flex")


def type_of(profile: Json) -> ProfileType:
    """Return what a profile that was checked is made of."""
    return TYPES[profile["workloadProfileType"].lower()]


def check(profiles: Sequence[Json]) -> None:
    """Refuse profiles that cannot be.

    Raises:
        ArmError: A type is none, a name is taken twice, or node counts make no sense.
    """
    seen: set[str] = set()
    for one in profiles:
        name = one["name"]
        if name.lower() in seen:
            raise _bad(f"The workload profile '{name}' is named twice.")
        seen.add(name.lower())
        kind = TYPES.get(one["workloadProfileType"].lower())
        if kind is None:
            known = ", ".join(each.name for each in TYPES.values())
            raise _bad(
                f"The workload profile type '{one['workloadProfileType']}' of '{name}' is none of"
                f" {known}."
            )
        _check_counts(name, kind, one.get("minimumCount"), one.get("maximumCount"))


def _check_counts(name: str, kind: ProfileType, least: int | None, most: int | None) -> None:
    if not kind.is_dedicated:
        if least is not None or most is not None:
            raise _bad(f"The workload profile '{name}' of type {kind.name} has no node counts.")
        return
    if least is None or most is None:
        raise _bad(f"The workload profile '{name}' needs 'minimumCount' and 'maximumCount'.")
    if least < 0 or most < 1 or least > most:
        raise _bad(
            f"The workload profile '{name}' cannot have {least} to {most} nodes: the minimum may"
            " not be above the maximum, which is at least 1."
        )


def shown(profile: Json) -> Json:
    """Return a profile as answers tell it."""
    told: Json = {
        "workloadProfileType": type_of(profile).name,
        "name": profile["name"],
        "enableFips": False,
    }
    if type_of(profile).is_dedicated:
        told |= {name: profile[name] for name in ("minimumCount", "maximumCount")}
    return told


def available(subscription: str, location: str) -> list[Json]:
    """Return the types of nodes that a region has."""
    kind = "Microsoft.App/availableManagedEnvironmentsWorkloadProfileTypes"
    return [
        {
            "location": location,
            "properties": {
                "displayName": one.name if not one.is_dedicated else f"Dedicated-{one.name}",
                "category": one.category,
                "cores": one.cores,
                "memoryGiB": one.memory,
                **({"gpus": one.gpus} if one.gpus else {}),
            },
            "id": f"/subscriptions/{subscription}/providers/{kind}/{one.name}",
            "name": one.name,
            "type": kind,
        }
        for one in _LISTED
    ]


def _bad(message: str) -> Exception:
    return errors.bad("InvalidWorkloadProfile", message)
