"""What is done without being asked for: reconciling, and clearing away what is no longer kept."""

from __future__ import annotations

import logging
from typing import Final

import azure.functions as func

import retention
from composition import platform
from funcyard.errors import FuncyardError
from funcyard.workspace.scopes import GLOBAL

blueprint = func.Blueprint()
_log = logging.getLogger("funcyard.platform")

_EVERY_MINUTE: Final = "30 * * * * *"
_EVERY_FIVE_MINUTES: Final = "0 */5 * * * *"
_EVERY_HOUR: Final = "0 17 * * * *"


@blueprint.timer_trigger(arg_name="timer", schedule=_EVERY_FIVE_MINUTES)
async def reconcile(timer: func.TimerRequest) -> None:
    """Take up again what was missed, left behind or never sent."""
    del timer
    await (await platform()).reconciler.run()


@blueprint.timer_trigger(arg_name="timer", schedule=_EVERY_MINUTE)
async def follow_schedules(timer: func.TimerRequest) -> None:
    """Bring schedules in line with versions that nobody has told the engine of."""
    del timer
    services = await platform()
    for scope in [GLOBAL, *await services.active_scopes()]:
        try:
            await services.engine.follow_schedules(scope.name)
        except FuncyardError as fault:
            _log.warning("the schedules of %s could not be followed: %s", scope, fault)


@blueprint.timer_trigger(arg_name="timer", schedule=_EVERY_HOUR)
async def clear_away(timer: func.TimerRequest) -> None:
    """Clear away executions, syncs and content that are not kept any longer."""
    del timer
    await retention.clear_away(await platform())
