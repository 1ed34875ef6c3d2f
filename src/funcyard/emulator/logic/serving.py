"""The addresses of all workflows: served, and taken down."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from typing import TYPE_CHECKING

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.store import StoreError
from funcyard.emulator.listening import PortError
from funcyard.emulator.logic.app import WorkflowApp
from funcyard.emulator.logic.naming import plane
from funcyard.emulator.logic.runs import Runs

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept


async def serve(core: Core, kept: Kept) -> None:
    """Serve a workflow; one that is served goes on, by what is kept of it then.

    Raises:
        ArmError: It cannot be.
    """
    if core.planes.is_served(plane(kept)):
        return
    trust = ssl.create_default_context()
    trust.load_verify_locations(core.planes.authority)
    try:
        runs = Runs(_folder(core, kept) / "runs.sqlite")
        runs.abort_what_runs(core.clock.stamp())
        app = WorkflowApp(core, runs, kept.id, trust)
        await core.planes.serve(plane(kept), app, app.close)
    except (StoreError, PortError) as fault:
        raise ArmError(409, "ResourceDeploymentFailure", fault.message) from fault


async def take_down(core: Core, kept: Kept) -> None:
    """Serve a workflow no more, and delete its runs."""
    await core.planes.remove(plane(kept))
    folder = _folder(core, kept)
    if folder.exists():
        await asyncio.to_thread(shutil.rmtree, folder)


def runs_of(core: Core, kept: Kept) -> Runs:
    """Return the runs of a workflow that is served."""
    app = core.planes.app(plane(kept))
    assert isinstance(app, WorkflowApp)  # noqa: S101 - it is served as one
    return app.runs


def _folder(core: Core, kept: Kept) -> Path:
    target = kept.target
    parts = (target.subscription, target.group.lower(), kept.name.lower())
    return core.store.location.joinpath("logic", *parts)
