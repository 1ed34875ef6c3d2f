"""Whether a run left nothing: proved by reading, and not by an answer that did not come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.orchestrator import remaining

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from funcyard.orchestrator.clients import Clients


async def verify(
    clients: Clients,
    run_id: str,
    scenarios: Sequence[str],
    assignments: Iterable[str] = (),
    reading: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what is left of a run.

    Args:
        clients: Azure.
        run_id: Whose.
        scenarios: Names of its scenarios.
        assignments: Ids of role assignments that it made.
        reading: What was returned under that name before, where some of it may be read later.

    Returns:
        ``remaining_resources``; ``unknown``, what could not be read; ``verified``, which is true
        where both are empty; and ``reading``, the answers so far.
    """
    found = await remaining.read(clients, run_id, scenarios, assignments=assignments, known=reading)
    return {
        "remaining_resources": found.shown(),
        "unknown": found.unknown,
        "verified": found.is_nothing,
        "reading": found.questions.answers,
    }
