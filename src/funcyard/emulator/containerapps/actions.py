"""What POST does with apps and revisions beside reading: start, stop, activate, restart.

https://learn.microsoft.com/azure/container-apps/revisions-manage
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import apps, errors, revisions
from funcyard.emulator.containerapps.configurations import MULTIPLE
from funcyard.emulator.core import placing
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

_MANNER: Final = Manner(202, Tracking.LOCATION, 10, has_body=False)


async def start(call: Call, kept: Kept) -> Answer:
    """Let a stopped app run again."""
    return _switched(call, kept, stopped=False)


async def stop(call: Call, kept: Kept) -> Answer:
    """Let nothing of an app run until it is started."""
    return _switched(call, kept, stopped=True)


def _switched(call: Call, kept: Kept, *, stopped: bool) -> Answer:
    core = call.core
    placing.check_free(core, core.type_of(kept), kept.target, kept)
    going = replace(apps.stopped(kept, is_stopped=stopped), state="Updating")
    if not stopped:
        for one in revisions.of(core, kept.key):
            if one.properties["active"]:
                revisions.activate(core, one)
    headers = core.operations.begin(call, going, _MANNER, "put")
    return Answer(_MANNER.status, headers=headers)


async def activate(call: Call, kept: Kept) -> Answer:
    """Let a revision have replicas.

    Raises:
        ArmError: Its app has one at a time.
    """
    core, app = call.core, _app_of(call.core, kept)
    newest = revisions.of(core, app.key)[-1]
    mode = app.properties["configuration"]["activeRevisionsMode"]
    if mode != MULTIPLE and newest.key != kept.key:
        raise errors.bad(
            "RevisionActivationNotAllowed",
            f"The revision '{kept.name}' cannot be activated: '{app.name}' has active revisions"
            " mode 'Single'.",
        )
    if not kept.properties["active"]:
        revisions.activate(core, kept)
        message = f"Activating revision '{kept.name}'"
        core.container_apps.tell(core, app, "RevisionUpdate", message, revision=kept.name)
    core.container_apps.controller.wake()
    return Answer(200)


async def deactivate(call: Call, kept: Kept) -> Answer:
    """Let a revision have no replicas."""
    core, app = call.core, _app_of(call.core, kept)
    if kept.properties["active"]:
        revisions.deactivate(core, kept)
        message = f"Deactivating revision '{kept.name}'"
        core.container_apps.tell(core, app, "RevisionDeactivating", message, revision=kept.name)
    core.container_apps.controller.wake()
    return Answer(200)


async def restart(call: Call, kept: Kept) -> Answer:
    """Let others run in place of a revision's replicas.

    Raises:
        ArmError: It is not active.
    """
    core, app = call.core, _app_of(call.core, kept)
    if not kept.properties["active"]:
        raise errors.bad(
            "RevisionNotActive", f"The revision '{kept.name}' is not active and has no replicas."
        )
    message = f"Restarting revision '{kept.name}'"
    core.container_apps.tell(core, app, "RevisionUpdate", message, revision=kept.name)
    if not kept.properties["isReady"]:
        revisions.activate(core, kept)
    for one in core.container_apps.fleet.of(kept.key):
        core.container_apps.retire(one)
    core.container_apps.controller.wake()
    return Answer(200)


def _app_of(core: Core, revision: Kept) -> Kept:
    above = revision.target.parent
    app = core.store.find(above.key) if above is not None else None
    assert app is not None  # noqa: S101 - a revision goes with its app
    return app
