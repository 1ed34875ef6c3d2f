"""What answers for each registry: served, and taken down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.folders import folder_of, remove_folder
from funcyard.emulator.core.planes import told_as_failed
from funcyard.emulator.registries.app import RegistryApp
from funcyard.emulator.registries.naming import plane
from funcyard.emulator.registries.store import RegistryStore

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

FOLDER: Final = "registries"


async def serve(core: Core, kept: Kept) -> None:
    """Serve a registry; one that is served goes on.

    Raises:
        ArmError: It cannot be.
    """
    if core.planes.is_served(plane(kept)):
        return
    with told_as_failed():
        store = RegistryStore(folder_of(core, kept, FOLDER))
        await core.planes.serve(plane(kept), RegistryApp(core, store, kept.id), store.close)


async def take_down(core: Core, kept: Kept) -> None:
    """Serve a registry no more, and delete what it keeps."""
    await core.planes.remove(plane(kept))
    await remove_folder(folder_of(core, kept, FOLDER))
