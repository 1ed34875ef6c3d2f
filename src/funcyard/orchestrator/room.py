"""Whether a workload profile has room for all agents of a run at once.

Agents that find no room wait for it, and are told to be running. What else runs on the profile is
not counted, so what is said to be too small is too small.
https://learn.microsoft.com/azure/container-apps/workload-profiles-overview
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from funcyard.capacity.packing import fit_on, nodes_needed
from funcyard.capacity.profiles import consumption, node_of
from funcyard.capacity.sizes import Size
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONSUMPTION: Final = "consumption"


class RoomError(FuncyardError):
    """Agents of that size, or so many of them, do not fit on their profile."""

    code = "no-room-for-agents"


def check_room(profile: Mapping[str, Any], cpu: float, memory: float, number: int) -> str:
    """Return in words how much room agents take.

    Args:
        profile: As its environment tells it.
        cpu: Cores of an agent.
        memory: GiB of an agent.
        number: How many agents run at once.

    Raises:
        RoomError: They do not fit.
    """
    size = Size(Fraction(str(cpu)), Fraction(str(memory)))
    kind = str(profile.get("workloadProfileType") or "")
    if kind.lower() == _CONSUMPTION:
        return _shared(size)
    node = node_of(kind)
    if node is None:
        return f"nodes of {kind} are not known here"
    if not fit_on(size, node):
        raise RoomError(
            f"an agent of {size} is larger than a node of {kind}, {node}",
            hint="AGENT_CPU and AGENT_MEMORY_GIB, or another WORKLOAD_PROFILE_NAME",
        )
    needed, most = nodes_needed([(size, number)], node), profile.get("maximumCount")
    if isinstance(most, int) and needed > most:
        raise RoomError(
            f"{number} agents of {size} need {needed} nodes of {kind}, and"
            f" {profile.get('name')} has at most {most}",
            hint="raise maximumCount of the profile, or lower SIMULATION_SIZE or the agents' size",
        )
    return f"{number} agents on {needed} nodes of {kind}"


def _shared(size: Size) -> str:
    offered = consumption()
    if not offered.allows(size):
        nearest = offered.nearest(size)
        raise RoomError(
            f"Consumption has no {size}: it has {offered}",
            hint=f"AGENT_CPU and AGENT_MEMORY_GIB: {nearest}" if nearest else "a dedicated profile",
        )
    return f"agents of {size} on Consumption"
