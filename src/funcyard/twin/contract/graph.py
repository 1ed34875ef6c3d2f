"""Who tells the graph of twins what a device has measured.

Exactly one does, so that what the twin's owner makes of a reading is never overwritten by what the
device sent.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .info import TwinInfo


class GraphRoute(StrEnum):
    """The way of a device's readings to its twin."""

    EVENTS = "events"
    """The adt-updater hears of them from the hub, as they are."""

    DIRECT = "direct"
    """The persister writes them: the graph lies in its cloud."""

    PUSHED = "pushed"
    """The persister sends them to the adt-pusher of another cloud."""

    PULLED = "pulled"
    """Nobody does: the graph asks for readings itself."""


def graph_route(info: TwinInfo, *, has_processor: bool) -> GraphRoute:
    """Return the way of a device's readings.

    Args:
        info: The twin.
        has_processor: Whether code of its owner changes them: then they come from the persister,
            which has what that made.
    """
    graph, acquiring = info.clouds["layer_4_provider"], info.clouds["layer_1_provider"]
    if graph.partition(":")[0] != "azure":
        return GraphRoute.PULLED
    if graph == acquiring and not has_processor:
        return GraphRoute.EVENTS
    if graph == info.clouds["layer_2_provider"]:
        return GraphRoute.DIRECT
    return GraphRoute.PUSHED
