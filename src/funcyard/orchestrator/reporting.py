"""The report of a run: one JSON document in a blob, the same shape however the run ended."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import ContentSettings

from funcyard.orchestrator import outcomes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.orchestrator.clients import Clients

Json = dict[str, Any]

CONTAINER: Final = "execution-reports"
PHASES: Final = ("validation", "selection", "provisioning", "monitoring", "cleanup")


async def report(
    clients: Clients,
    run_id: str,
    execution: Json,
    scenarios: Sequence[Json],
    sp_count: int,
    container_count: int,
) -> Json:
    """Write the report of a run, over one that is there, and return where it is.

    Args:
        clients: Azure.
        run_id: Whose.
        execution: What the run did, as its orchestration tells it.
        scenarios: What was selected.
        sp_count: How many service principals it made.
        container_count: How many agents it deployed.

    Returns:
        ``report_url``, ``report_id`` and ``generated_at``, or ``status`` and ``error``.
    """
    work = _written(clients, run_id, execution, scenarios, sp_count, container_count)
    return await outcomes.attempted(f"writing the report of {run_id}", work)


def document(
    run_id: str,
    execution: Json,
    scenarios: Sequence[Json],
    sp_count: int,
    container_count: int,
    generated_at: str,
) -> Json:
    """Return the report of a run; a phase that it did not reach is null."""
    phases = execution.get("phases") or {}
    return {
        "run_id": run_id,
        "report_id": run_id,
        "generated_at": generated_at,
        "started_at": execution.get("started_at"),
        "ended_at": execution.get("ended_at"),
        "status": execution.get("status"),
        "error": execution.get("error"),
        "scenarios": list(scenarios),
        "sp_count": sp_count,
        "container_count": container_count,
        "phases": {name: phases.get(name) for name in PHASES},
    }


async def _written(
    clients: Clients,
    run_id: str,
    execution: Json,
    scenarios: Sequence[Json],
    sp_count: int,
    container_count: int,
) -> Json:
    now = f"{datetime.fromtimestamp(clients.clock(), UTC):%Y-%m-%dT%H:%M:%SZ}"
    body = document(run_id, execution, scenarios, sp_count, container_count, now)
    async with clients.reports() as service:
        container = service.get_container_client(CONTAINER)
        with contextlib.suppress(ResourceExistsError):
            await container.create_container()
        blob = container.get_blob_client(f"{run_id}/report.json")
        await blob.upload_blob(
            json.dumps(body, indent=2, sort_keys=True).encode(),
            overwrite=True,
            content_settings=ContentSettings(content_type="application/json"),
        )
        address = blob.url.partition("?")[0]
    return {
        "status": outcomes.SUCCESS,
        "report_url": address,
        "report_id": run_id,
        "generated_at": now,
    }
