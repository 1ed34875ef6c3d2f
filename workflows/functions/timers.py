"""What is done without being asked for: reconciling, and clearing away what is no longer kept."""

from __future__ import annotations

import logging
from typing import Final

import azure.functions as func

from composition import platform
from funcyard.errors import FuncyardError
from funcyard.workspace.scopes import GLOBAL, Scope

blueprint = func.Blueprint()

_log = logging.getLogger("funcyard.platform")
_EVERY_FIVE_MINUTES: Final = "0 */5 * * * *"
_EVERY_NIGHT: Final = "0 30 3 * * *"


@blueprint.timer_trigger(arg_name="timer", schedule=_EVERY_FIVE_MINUTES)
async def reconcile(timer: func.TimerRequest) -> None:
    """Take up again what was missed, left behind or never sent."""
    del timer
    await (await platform()).reconciler.run()


@blueprint.timer_trigger(arg_name="timer", schedule=_EVERY_NIGHT)
async def collect(timer: func.TimerRequest) -> None:
    """Clear away versions that are no longer kept; what fails in one scope keeps no other."""
    del timer
    services = await platform()
    for scope in (GLOBAL, *(Scope(one.id) for one in await services.directory.all())):
        try:
            await services.workspace.collect(scope)
        except FuncyardError as fault:
            _log.warning("the versions of %s are not cleared away: %s", scope, fault.message)
