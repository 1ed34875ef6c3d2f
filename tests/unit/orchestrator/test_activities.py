"""What activities are handed over is checked before anything is asked of Azure."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.orchestrator.test_settings import _GIVEN

from funcyard.orchestrator.activities import Activities, ActivityInputError
from funcyard.orchestrator.runs import RunIdError

_RUN = "0f8fad5b-d9cb-469f-a165-70867728950e"
_SCENARIO = {"scenario_name": "a-01", "scenario_doc_path": "a-01.md", "agent_path": "agents/a-01"}


def test_times_are_those_of_the_settings_and_none_where_these_are_wrong() -> None:
    assert Activities({**_GIVEN, "RUN_HOURS": "2"}).times() == {"hours": 2, "minutes": 15}
    assert Activities({}).times() == {}


async def test_wrong_settings_are_a_check_that_failed_and_not_a_traceback() -> None:
    told = await Activities({}).validate_environment({})

    (result,) = told["results"]
    assert not told["overall_passed"]
    assert "AZURE_SUBSCRIPTION_ID is not set" in result["error"]["message"]


async def test_scenarios_that_are_not_in_the_image_are_told(tmp_path: Path) -> None:
    activities = Activities({**_GIVEN, "SCENARIOS_FOLDER": str(tmp_path / "none")})

    told = await activities.select_scenarios({"run_id": _RUN})

    assert told["scenarios"] == []
    assert told["error"]["code"] == "no-scenarios"


@pytest.mark.parametrize("run_id", [None, "", "latest", "../etc"])
async def test_no_activity_works_for_what_is_no_run(run_id: object) -> None:
    activities = Activities(_GIVEN)

    for work in (
        activities.select_scenarios,
        activities.create_service_principal,
        activities.deploy_container_app,
        activities.check_agent_status,
        activities.verify_cleanup,
        activities.force_cleanup,
        activities.generate_report,
    ):
        with pytest.raises(RunIdError):
            await work({"run_id": run_id, "scenario": _SCENARIO})


@pytest.mark.parametrize("scenario", [None, "Not One", {"scenario_name": "a/../b"}, 5, {}])
async def test_nothing_is_made_for_what_is_no_scenario(scenario: object) -> None:
    activities = Activities(_GIVEN)
    given = {"run_id": _RUN, "scenario": scenario, "sp_details": {}}

    for work in (activities.create_service_principal, activities.deploy_container_app):
        with pytest.raises(ActivityInputError):
            await work(given)


async def test_no_agent_is_deployed_without_a_service_principal() -> None:
    with pytest.raises(ActivityInputError, match="client id"):
        await Activities(_GIVEN).deploy_container_app(
            {"run_id": _RUN, "scenario": _SCENARIO, "sp_details": {"client_id": "x"}}
        )
