"""Whether the app lives, and whether everything that it needs does."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import azure.functions as func

from answering import Call, answer, answered, open_to_all
from checks import checks_of
from funcyard.access.granting import Permission
from funcyard.errors import FuncyardError
from web import JSONResponse, Request, Response

if TYPE_CHECKING:
    from checks import Check

blueprint = func.Blueprint()

_SECONDS = 10.0


@blueprint.route(route="health/live", methods=["GET"])
@open_to_all
async def live(req: Request) -> Response:
    """Say that the app answers; nothing else is asked."""
    del req
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


@blueprint.route(route="health", methods=["GET"])
@answered(Permission.ADMINISTER)
async def health(call: Call) -> Response:
    """Ask everything that the platform needs, all at once."""
    checks = checks_of(call.platform)
    outcomes = await asyncio.gather(*(_checked(check) for check in checks.values()))
    usable = all(outcome["healthy"] for outcome in outcomes)
    good = all(outcome["good"] for outcome in outcomes)
    told = [{name: one[name] for name in one if name != "good"} for one in outcomes]
    return answer(
        {
            "status": ("healthy" if good else "degraded") if usable else "unhealthy",
            "checks": dict(zip(checks, told, strict=True)),
        },
        200 if usable else 503,
    )


async def _checked(check: Check) -> dict[str, object]:
    start = time.perf_counter()
    try:
        async with asyncio.timeout(_SECONDS):
            seen = await check()
            healthy, good, message = True, seen.good, seen.message
    except FuncyardError as fault:
        healthy, good, message = False, False, fault.message
    except TimeoutError:
        healthy, good, message = False, False, f"no answer within {_SECONDS:g} seconds"
    except OSError as fault:
        healthy, good, message = False, False, fault.strerror or "the file system refuses"
    elapsed = round((time.perf_counter() - start) * 1000, 1)
    return {"healthy": healthy, "good": good, "message": message, "durationMs": elapsed}
