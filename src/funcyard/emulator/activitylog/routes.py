"""What is asked of the activity log, at a subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.activitylog.filters import read_filter
from funcyard.emulator.core.listing import page
from funcyard.emulator.core.target import subscription_of

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.http import Answer

PATH: Final = "/subscriptions/{}/providers/microsoft.insights/eventtypes/management/values"
VERSIONS: Final = ("2015-04-01",)
_ALWAYS: Final = frozenset({"id", "eventTimestamp"})


async def list_events(call: Call) -> Answer:
    """Return events, the newest first.

    Raises:
        ArmError: The filter is none that is known.
    """
    call.check_version("microsoft.insights/eventtypes", VERSIONS)
    wanted = read_filter(call.request.query.get("$filter", ""))
    found = call.core.activity.find(wanted, subscription_of(call.request.path))
    chosen = call.request.query.get("$select", "")
    if chosen:
        names = _ALWAYS | {name.strip() for name in chosen.split(",")}
        found = [{k: v for k, v in one.items() if k in names} for one in found]
    return page(call, found)
