"""What changes of environments and apps bring about, once the Resource Manager took them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept


async def of_environment(core: Core, kept: Kept) -> None:  # noqa: ARG001 - as every hook
    """Look at what waits for a place: there may be one now."""
    core.container_apps.controller.wake()


async def of_app(core: Core, kept: Kept) -> None:
    """Bring an app to what is wanted of it."""
    await core.container_apps.ensure(core, kept)


async def removed(core: Core, kept: Kept) -> None:
    """End all that runs of an app."""
    await core.container_apps.remove(kept)
