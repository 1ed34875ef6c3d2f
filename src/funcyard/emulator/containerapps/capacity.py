"""What an environment has and uses: its profiles' nodes, and its cores against its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import profiles
from funcyard.emulator.containerapps.naming import PROFILE_STATE, PROFILE_TYPE, USAGE, VERSIONS
from funcyard.emulator.containerapps.placing import LARGEST
from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.types import ResourceType, bare_type

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

_COUNTED: Final = {
    "GeneralPurpose": "General Purpose",
    "MemoryOptimized": "Memory Optimized",
    "Consumption": "Consumption",
}


class _States(ReadOnly):
    """What runs decides them."""

    async def get(self, core: Core, target: Target) -> Json | None:
        wanted = target.name.lower()
        parent = target.parent
        assert parent is not None  # noqa: S101 - a state is part of an environment
        return next((one for one in await self.list(core, parent) if one["name"] == wanted), None)

    async def list(self, core: Core, parent: Target) -> list[Json]:
        environment = core.store.find(parent.key)
        given = environment.properties["workloadProfiles"] if environment is not None else None
        if environment is None:
            return []
        return [_state(core, environment, one) for one in given or ()]


def _state(core: Core, environment: Kept, profile: Json) -> Json:
    told = profiles.shown(profile)
    if "minimumCount" in told:
        told["currentCount"] = core.container_apps.scheduler.nodes(environment, profile["name"])
    return {
        "id": f"{environment.id}/workloadProfileStates/{profile['name']}",
        "name": profile["name"],
        "type": told["workloadProfileType"],
        "properties": told,
    }


class _Usages(ReadOnly):
    """They are counted."""

    async def get(self, core: Core, target: Target) -> Json | None:  # noqa: ARG002 - as every backing
        return None

    async def list(self, core: Core, parent: Target) -> list[Json]:
        environment = core.store.find(parent.key)
        given = environment.properties["workloadProfiles"] if environment is not None else None
        used = dict.fromkeys(_COUNTED, 0.0)
        if environment is None:
            return []
        for one in given or ():
            kind = profiles.type_of(one)
            if kind.category in used and kind.is_dedicated:
                nodes = core.container_apps.scheduler.nodes(environment, one["name"])
                used[kind.category] += nodes * kind.cores
        placed = core.container_apps.fleet.on(environment.key, profiles.CONSUMPTION)
        used[profiles.CONSUMPTION] += sum(one.demand.cpu for one in placed)
        return [_usage(category, cores) for category, cores in used.items()]


def _usage(category: str, cores: float) -> Json:
    name = f"ManagedEnvironment{category}Cores"
    localized = f"Managed Environment {_COUNTED[category]} Cores"
    used = int(cores) if cores == int(cores) else cores
    return {
        "name": {"value": name, "localizedValue": localized},
        "usage": used,
        "currentValue": used,
        "limit": LARGEST,
    }


def _available(call: Call, scope: str) -> list[Json]:
    return profiles.available(scope.rpartition("/")[2], call.named.names[0].lower())


def _read_only(name: str, backing: ReadOnly, note: str) -> ResourceType:
    return bare_type(
        name=name,
        versions=VERSIONS,
        backing=backing,  # type: ignore[arg-type]
        note=note,
    )


STATES: Final = _read_only(
    PROFILE_STATE, _States(), "`currentCount`: the nodes that there are of a dedicated profile"
)
USAGES: Final = _read_only(USAGE, _Usages(), "cores of nodes, and of replicas on Consumption")
PROFILE_TYPES: Final = bare_type(
    name=PROFILE_TYPE,
    versions=VERSIONS,
    listed=_available,
    backing=_Usages(),
    note="the same in every region",
)
