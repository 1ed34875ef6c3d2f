"""The graphs of all instances: served, and taken down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.core.folders import remove_folder
from funcyard.emulator.core.planes import told_as_failed
from funcyard.emulator.digitaltwins.app import TwinsApp
from funcyard.emulator.digitaltwins.graph import Graph
from funcyard.emulator.digitaltwins.store import GraphStore

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept


def plane(name: str) -> str:
    """Return what an instance's address is called among all."""
    return f"digital twins {name.lower()}"


async def serve(core: Core, kept: Kept) -> None:
    """Serve an instance; one that is served goes on.

    Raises:
        ArmError: It cannot be.
    """
    if core.planes.is_served(plane(kept.name)):
        return
    with told_as_failed():
        graph = Graph(GraphStore(_folder(core, kept) / "graph.sqlite"), core.clock.stamp)
        app = TwinsApp(core, graph, kept.id)
        await core.planes.serve(plane(kept.name), app, graph.store.close)


async def take_down(core: Core, kept: Kept) -> None:
    """Serve an instance no more, and delete its graph."""
    await core.planes.remove(plane(kept.name))
    await remove_folder(_folder(core, kept))


def _folder(core: Core, kept: Kept) -> Path:
    return core.store.location / "digitaltwins" / kept.name.lower()
