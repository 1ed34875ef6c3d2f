"""Whether a run left nothing: proved by reading, and not by an answer that did not come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.orchestrator import remaining

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funcyard.orchestrator.clients import Clients


async def verify(
    clients: Clients, run_id: str, scenarios: Sequence[str], assignments: Iterable[str] = ()
) -> dict[str, Any]:
    """Return what is left of a run.

    Args:
        clients: Azure.
        run_id: Whose.
        scenarios: Names of its scenarios.
        assignments: Ids of role assignments that it made.

    Returns:
        ``remaining_resources``; ``unknown``, what could not be read; and ``verified``, which is
        true where both are empty.
    """
    found = await remaining.read(clients, run_id, scenarios, assignments=assignments)
    return {
        "remaining_resources": found.shown(),
        "unknown": found.unknown,
        "verified": found.is_nothing,
    }
