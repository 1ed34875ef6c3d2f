"""How far the agents of a run are, each told by the executions of its job.

What cannot be told is ``unknown``, which is neither running nor ended: a run is over when each of
its agents is known to have ended, or is gone.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from funcyard.deploy.failures import FAULTS
from funcyard.orchestrator import agents, outcomes
from funcyard.orchestrator.deploying import executions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.orchestrator.clients import Clients

Json = dict[str, Any]

UNKNOWN: Final = "unknown"


async def check(clients: Clients, container_ids: Sequence[str]) -> Json:
    """Return how many agents are running, completed, failed and unknown, and each one's state."""
    told = await asyncio.gather(*(_state(clients, one) for one in container_ids))
    counts = Counter(one["state"] for one in told)
    states = (agents.RUNNING, agents.COMPLETED, agents.FAILED, UNKNOWN)
    return {
        **{f"{state}_count": counts[state] for state in states},
        "agents": list(told),
        "all_ended": counts[agents.RUNNING] + counts[UNKNOWN] == 0,
    }


async def _state(clients: Clients, job: str) -> Json:
    try:
        executions = await executions_of(clients, job)
    except FAULTS as fault:
        why = outcomes.error(fault, f"reading the executions of {job.rpartition('/')[2]}")
        return {"container_id": job, "state": UNKNOWN, "error": why}
    if executions is None:
        gone = {"code": "job-gone", "message": "the job is not there any more", "hint": None}
        return {"container_id": job, "state": agents.FAILED, "error": gone}
    return {"container_id": job, "state": agents.state_of(executions)}
