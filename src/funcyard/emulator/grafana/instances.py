"""The Grafanas of all instances: served, and taken down."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.store import StoreError
from funcyard.emulator.grafana.app import GrafanaApp
from funcyard.emulator.grafana.store import GrafanaStore
from funcyard.emulator.listening import PortError

if TYPE_CHECKING:
    from pathlib import Path

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
    try:
        store = GrafanaStore(_folder(core, kept) / "grafana.sqlite")
        await core.planes.serve(plane(kept), GrafanaApp(core, store, kept.id), store.close)
    except (StoreError, PortError) as fault:
        raise ArmError(409, "ResourceDeploymentFailure", fault.message) from fault


async def take_down(core: Core, kept: Kept) -> None:
    """Serve an instance no more, and delete what it keeps."""
    await core.planes.remove(plane(kept))
    folder = _folder(core, kept)
    if folder.exists():
        await asyncio.to_thread(shutil.rmtree, folder)


def _folder(core: Core, kept: Kept) -> Path:
    target = kept.target
    parts = (target.subscription, target.group.lower(), kept.name.lower())
    return core.store.location.joinpath("grafana", *parts)
