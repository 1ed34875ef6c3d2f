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


def graph_route(info: TwinInfo, device: str) -> GraphRoute:
    """Return the way of a device's readings; of one that is not known, as of one without code.

    Readings that code of the twin's owner changes come from the persister, which has what it made.
    """
    graph, acquiring = info.clouds["layer_4_provider"], info.clouds["layer_1_provider"]
    if graph.partition(":")[0] != "azure":
        return GraphRoute.PULLED
    known = info.devices.get(device)
    if graph == acquiring and not (known and known.has_processor):
        return GraphRoute.EVENTS
    if graph == info.clouds["layer_2_provider"]:
        return GraphRoute.DIRECT
    return GraphRoute.PUSHED
