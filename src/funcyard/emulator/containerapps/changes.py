"""What changes of environments and apps bring about, once the Resource Manager took them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.containerapps import identities, streams

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept


async def of_environment(core: Core, kept: Kept) -> None:  # noqa: ARG001 - as every hook
    """Serve its streams, and look at what waits for a place: there may be one now."""
    await streams.serve(core)
    core.container_apps.controller.wake()


async def of_app(core: Core, kept: Kept) -> None:
    """Bring an app to what is wanted of it.

    Raises:
        ArmError: An identity is none of its own, a secret cannot be had, or no port be bound.
    """
    identities.check_registries(core, kept)
    await identities.values(core, kept)
    await core.container_apps.ensure(core, kept)


async def found(core: Core, kept: Kept) -> None:
    """Go on with an app that is there."""
    await core.container_apps.ensure(core, kept)


async def of_job(core: Core, kept: Kept) -> None:
    """Bring a job to what is wanted of it.

    Raises:
        ArmError: An identity is none of its own, or a secret cannot be had.
    """
    identities.check_registries(core, kept)
    await identities.values(core, kept)
    core.container_apps.start(core)


async def found_job(core: Core, kept: Kept) -> None:  # noqa: ARG001 - as every hook
    """Go on with a job that is there."""
    core.container_apps.start(core)


async def removed(core: Core, kept: Kept) -> None:
    """End all that runs of an app or a job."""
    await core.container_apps.remove(core, kept)


async def removed_revision(core: Core, kept: Kept) -> None:
    """Take down the address of a revision that goes with its app."""
    await core.container_apps.fronts.remove(core, kept)
