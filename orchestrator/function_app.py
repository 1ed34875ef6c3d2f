"""The orchestrator's Function App: a timer, an orchestration and its eight activities.

They only register and hand over; what is done is in ``funcyard.orchestrator``. Inputs of activities
are annotated ``dict``: the worker refuses an app whose annotations are ``dict[str, Any]``.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import azure.durable_functions as df
import azure.functions as func

from funcyard.orchestrator import flow
from funcyard.orchestrator.activities import Activities
from funcyard.orchestrator.runs import new_run_id

if TYPE_CHECKING:
    from collections.abc import Generator

_LOGGER = logging.getLogger("orchestrator")

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)
activities = Activities(os.environ)


@app.timer_trigger(arg_name="timer_request", schedule="0 0 0,6,12,18 * * *", run_on_startup=False)
@app.durable_client_input(client_name="client")
async def haymaker_timer(
    timer_request: func.TimerRequest, client: df.DurableOrchestrationClient
) -> None:
    """Start a run, whose id is that of its orchestration."""
    run_id = new_run_id()
    given = {"run_id": run_id, "started_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    await client.start_new(
        "orchestrate_haymaker_run",
        instance_id=run_id,
        client_input={**given, **activities.times()},
    )
    # A timer has no request; the address behind the mark holds the key of the host.
    told = client.create_check_status_response(None, run_id)
    state = told.headers["Location"].partition("?")[0]
    late = ", late" if timer_request.past_due else ""
    _LOGGER.info("run %s was started%s; its state is at %s", run_id, late, state)


@app.orchestration_trigger(context_name="context")
def orchestrate_haymaker_run(
    context: df.DurableOrchestrationContext,
) -> Generator[Any, Any, dict[str, Any]]:
    """Carry out a run, and return what it did."""
    return (yield from flow.orchestrate(context))


@app.activity_trigger(input_name="input_data")
async def validate_environment_activity(input_data: dict) -> dict:
    """Return whether a run can begin, and what it lacks."""
    return await activities.validate_environment(input_data)


@app.activity_trigger(input_name="input_data")
async def select_scenarios_activity(input_data: dict) -> dict:
    """Return the scenarios of a run."""
    return await activities.select_scenarios(input_data)


@app.activity_trigger(input_name="params")
async def create_service_principal_activity(params: dict) -> dict:
    """Make a scenario's service principal."""
    return await activities.create_service_principal(params)


@app.activity_trigger(input_name="params")
async def deploy_container_app_activity(params: dict) -> dict:
    """Make and start a scenario's job."""
    return await activities.deploy_container_app(params)


@app.activity_trigger(input_name="params")
async def check_agent_status_activity(params: dict) -> dict:
    """Return how far the agents of a run are."""
    return await activities.check_agent_status(params)


@app.activity_trigger(input_name="params")
async def verify_cleanup_activity(params: dict) -> dict:
    """Return what is left of a run."""
    return await activities.verify_cleanup(params)


@app.activity_trigger(input_name="params")
async def force_cleanup_activity(params: dict) -> dict:
    """Do one round of deleting what is left of a run."""
    return await activities.force_cleanup(params)


@app.activity_trigger(input_name="params")
async def generate_report_activity(params: dict) -> dict:
    """Write the report of a run."""
    return await activities.generate_report(params)
