"""How changes of Microsoft.App are followed: a status always by 200, a result by 202 at first.

Recorded: the status has an id, a name, how far it is, and when it began, without a ``Z``; no end
and no percentage. What was changed is answered with 200, what was deleted with 204.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.records import RUNNING
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json, Operation

IN_PROGRESS: Final = "InProgress"
_SECONDS_BETWEEN: Final = 5


def tell(call: Call, one: Operation) -> Answer:
    """Tell how far an operation is, or what came of it."""
    status_path = one.status_path.partition("?")[0]
    pause = call.core.clock.retry_after(_SECONDS_BETWEEN) if one.state == RUNNING else {}
    error = {name: value for name, value in (one.error or {}).items() if name != "status"}
    if call.request.path.lower() == status_path.lower():
        told: Json = {
            "id": status_path,
            "name": one.id,
            "status": IN_PROGRESS if one.state == RUNNING else one.state,
            "startTime": one.began.removesuffix("Z"),
        }
        return Answer(200, {**told, "error": error} if error else told, pause)
    if one.state == RUNNING:
        url = f"{call.core.url}{one.result_path}?api-version={call.version}"
        return Answer(202, headers={"location": url, **pause})
    if one.error is not None:
        return Answer(int(one.error["status"]), {"error": error})
    return Answer(one.status, one.result)
