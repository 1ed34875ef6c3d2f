"""``functionTimeout``, enforced: a worker with a run that took longer is replaced.

A thread cannot be ended, so the process is. The real host does the same.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.host.invoking import Invocations
    from funcyard.host.retiring import Retiring

_CHECK_SECONDS: Final = 0.5


async def watch_timeouts(
    invocations: Invocations, retiring: Retiring, replace: Callable[[], Awaitable[None]]
) -> None:
    """Look again and again, until cancelled.

    Args:
        invocations: Know the newest worker, and how long a run may take.
        retiring: The workers before it.
        replace: Called once the newest one was ended.
    """
    while True:
        await asyncio.sleep(_CHECK_SECONDS)
        worker, limit = invocations.worker, invocations.timeout
        if limit is None:
            continue
        for retired in retiring:
            retired.expire(limit)
        if worker is not None and worker.expire(limit):
            await replace()
