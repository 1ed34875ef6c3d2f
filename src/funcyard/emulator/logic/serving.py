"""The addresses of all workflows: served, and taken down."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.folders import folder_of, remove_folder
from funcyard.emulator.core.planes import told_as_failed
from funcyard.emulator.logic.app import WorkflowApp
from funcyard.emulator.logic.naming import plane
from funcyard.emulator.logic.runs import Runs

if TYPE_CHECKING:
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
    with told_as_failed():
        runs = Runs(folder_of(core, kept, "logic") / "runs.sqlite")
        runs.abort_what_runs(core.clock.stamp())
        app = WorkflowApp(core, runs, kept.id, trust)
        await core.planes.serve(plane(kept), app, app.close)


async def take_down(core: Core, kept: Kept) -> None:
    """Serve a workflow no more, and delete its runs."""
    await core.planes.remove(plane(kept))
    await remove_folder(folder_of(core, kept, "logic"))


def runs_of(core: Core, kept: Kept) -> Runs:
    """Return the runs of a workflow.

    Raises:
        ArmError: It is not served, as the log says.
    """
    app = core.planes.app(plane(kept))
    if not isinstance(app, WorkflowApp):
        raise ArmError(503, "ServerUnavailable", f"The workflow '{kept.name}' is not served.")
    return app.runs
