"""The Grafanas of all instances: served, and taken down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.core.folders import folder_of, remove_folder
from funcyard.emulator.core.planes import told_as_failed
from funcyard.emulator.grafana.app import GrafanaApp
from funcyard.emulator.grafana.store import GrafanaStore

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept


def plane(kept: Kept) -> str:
    """Return what an instance's address is called among all."""
    return f"grafana {kept.key}"


async def serve(core: Core, kept: Kept) -> None:
    """Serve an instance; one that is served goes on.

    Raises:
        ArmError: It cannot be.
    """
    if core.planes.is_served(plane(kept)):
        return
    with told_as_failed():
        store = GrafanaStore(folder_of(core, kept, "grafana") / "grafana.sqlite")
        await core.planes.serve(plane(kept), GrafanaApp(core, store, kept.id), store.close)


async def take_down(core: Core, kept: Kept) -> None:
    """Serve an instance no more, and delete what it keeps."""
    await core.planes.remove(plane(kept))
    await remove_folder(folder_of(core, kept, "grafana"))
