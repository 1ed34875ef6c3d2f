"""Places for replicas that wait for one: the nodes of all profiles, filled in turn of their coming.

Which node has room is :mod:`.placing`'s; here is who asks, and what is told of it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import profiles
from funcyard.emulator.containerapps.events import NORMAL, WARNING
from funcyard.emulator.containerapps.naming import ENVIRONMENT
from funcyard.emulator.containerapps.placing import Bounds, Pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.containerapps.fleet import Fleet, Replica
    from funcyard.emulator.containerapps.resources import Demand
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

    Told = Callable[[Replica, str, str, str], None]
    Begun = Callable[[Replica], None]

_FULL: Final = (
    "The workload profile has reached its maximum node count. Please increase maximum node count."
)
_COMING: Final = "Waiting for infrastructure to be ready."


class Scheduler:
    """Gives replicas their places.

    Args:
        fleet: The replicas.
        told: Called with a replica and the type, reason and message of what happened to it.
        begun: Called with a replica that has its place.
    """

    def __init__(self, fleet: Fleet, told: Told, begun: Begun) -> None:
        self._fleet = fleet
        self._told = told
        self._begun = begun
        self._pools: dict[tuple[str, str], Pool] = {}

    def nodes(self, environment: Kept, profile: str) -> int:
        """Return how many nodes a profile of an environment has now."""
        found = self._pools.get((environment.key, profile))
        bounds = bounds_of(environment).get(profile)
        least = bounds.least if bounds is not None else 0
        return max(least, found.count if found is not None else 0)

    def turn(self, core: Core) -> float:
        """Find places for replicas that have none; return when nodes come or go next."""
        waiting: dict[tuple[str, str], list[Replica]] = {}
        for one in self._fleet:
            if one.node is None and not one.is_ending:
                waiting.setdefault((one.environment, one.profile), []).append(one)
        due = math.inf
        there = set()
        for environment in core.store.of_type(ENVIRONMENT):
            for profile, bounds in bounds_of(environment).items():
                key = (environment.key, profile)
                there.add(key)
                pool = self._pools.setdefault(key, Pool(bounds))
                pool.bounds = bounds
                self._fill(core, pool, key, waiting.get(key, []))
                due = min(due, pool.next_turn(core.clock) or math.inf)
        for key in self._pools.keys() - there:
            del self._pools[key]
        return due

    def _fill(self, core: Core, pool: Pool, key: tuple[str, str], waiting: list[Replica]) -> None:
        taken: dict[int, list[Demand]] = {}
        for one in self._fleet.on(*key):
            assert one.node is not None  # noqa: S101 - it has a place
            taken.setdefault(one.node, []).append(one.demand)
        pool.turn(core.clock, taken, lacks=False)
        left: list[tuple[Replica, bool]] = []
        for one in sorted(waiting, key=lambda one: one.created):
            placed = pool.place(one.demand, taken)
            if placed.node is None:
                left.append((one, placed.is_full))
                continue
            one.node, one.trouble = placed.node, ""
            taken.setdefault(placed.node, []).append(one.demand)
            message = f"Replica '{one.name}' has been scheduled to run on a node."
            self._told(one, NORMAL, "AssigningReplica", message)
            self._begun(one)
        if pool.turn(core.clock, taken, lacks=bool(left)):
            message = f"Another node comes for workload profile '{key[1]}'."
            self._told(left[0][0], NORMAL, "TriggeredScaleUp", message)
        for one, is_full in left:
            trouble = f"Insufficient capacity on workload profile '{key[1]}'. "
            trouble += _FULL if is_full else _COMING
            if one.trouble != trouble:
                one.trouble = trouble
                self._told(one, WARNING, "AssigningReplicaFailed", trouble)


def bounds_of(environment: Kept) -> dict[str, Bounds]:
    """Return what the profiles of an environment allow, by name."""
    given = environment.properties["workloadProfiles"]
    if given is None:
        consumption = profiles.TYPES[profiles.CONSUMPTION.lower()]
        return {consumption.name: Bounds(consumption)}
    return {
        one["name"]: Bounds(
            profiles.type_of(one), one.get("minimumCount") or 0, one.get("maximumCount") or 0
        )
        for one in given
    }
