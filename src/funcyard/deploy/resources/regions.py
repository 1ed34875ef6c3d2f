"""Regions to which something that is deployed shall move: known before it is deleted for that.

A region is part of what a resource is, so another one makes it anew, without what was in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.errors import UsageError

if TYPE_CHECKING:
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.records import State
    from funcyard.deploy.resources.reach import Reach

_VERSION: Final = "2022-12-01"
_REGION: Final = "location"


class UnknownRegionError(UsageError):
    """A subscription has no region of a name."""

    code = "unknown-region"


async def check_moves(cloud: Reach, graph: Graph[Reach], state: State) -> None:
    """Refuse to move what is deployed to where there is no region; asks only where it moves.

    Raises:
        UnknownRegionError: Says which regions there are.
        AzureError: A subscription cannot be asked for its regions.
    """
    wanted: dict[str, set[str]] = {}
    for resource in graph:
        record = state.records.get(resource.identity)
        before = None if record is None else record.inputs.get(_REGION)
        region = resource.properties.get(_REGION)
        if before is not None and isinstance(region, str) and before != region:
            wanted.setdefault(resource.identity.split("/")[2], set()).add(region)
    for subscription, regions in wanted.items():
        listed = await cloud.manager.list(f"/subscriptions/{subscription}/locations", _VERSION)
        known = {"global", *(str(one["name"]) for one in listed)}
        if unknown := sorted(regions - known):
            raise UnknownRegionError(
                f"the subscription {subscription} has no region {', '.join(unknown)}, to which what"
                " is deployed there would move",
                hint=f"one of {', '.join(sorted(known))}",
            )
