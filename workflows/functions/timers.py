"""What is done without being asked for: reconciling, and clearing away what is no longer kept."""

from __future__ import annotations

from typing import Final

import azure.functions as func

import retention
from composition import platform

blueprint = func.Blueprint()

_EVERY_FIVE_MINUTES: Final = "0 */5 * * * *"
_EVERY_HOUR: Final = "0 17 * * * *"


@blueprint.timer_trigger(arg_name="timer", schedule=_EVERY_FIVE_MINUTES)
async def reconcile(timer: func.TimerRequest) -> None:
    """Take up again what was missed, left behind or never sent."""
    del timer
    await (await platform()).reconciler.run()


@blueprint.timer_trigger(arg_name="timer", schedule=_EVERY_HOUR)
async def clear_away(timer: func.TimerRequest) -> None:
    """Clear away executions, syncs and content that are not kept any longer."""
    del timer
    await retention.clear_away(await platform())
