"""How an activity ended: well, badly, or not yet.

An activity never waits and never tries again. What may get through later is told as ``later``, with
the pause that Azure asks for, and whoever calls activities waits by a timer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.deploy.failures import FAULTS, is_passing, retry_after, told

if TYPE_CHECKING:
    from collections.abc import Awaitable

Json = dict[str, Any]

SUCCESS: Final = "success"
FAILED: Final = "failed"
LATER: Final = "later"

_WHAT: Final = "orchestrator"


async def attempted(doing: str, work: Awaitable[Json]) -> Json:
    """Return what a piece of work returns, or how it failed.

    Args:
        doing: What it is, in words.
        work: Raises what clients of Azure raise.
    """
    try:
        return await work
    except FAULTS as fault:
        return failure(fault, doing)


def failure(fault: BaseException, doing: str) -> Json:
    """Return how work failed: ``failed``, or ``later`` where the same may get through."""
    ended: Json = {"status": LATER if is_passing(fault) else FAILED, "error": error(fault, doing)}
    if is_passing(fault):
        ended["retry_after"] = retry_after(fault)
    return ended


def not_yet(what: str, pause: float | None = None) -> Json:
    """Return that something goes on that has to end first."""
    return {
        "status": LATER,
        "retry_after": pause,
        "error": {"code": "not-yet", "message": what, "hint": None},
    }


def error(fault: BaseException, doing: str) -> Json:
    """Return a fault as reports hold it: code, message, hint."""
    return told(fault, _WHAT, doing).as_dict()
