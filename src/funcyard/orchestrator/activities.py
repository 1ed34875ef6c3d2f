"""The activities of the Function App: from what an orchestration hands over to what it is told."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funcyard.errors import FuncyardError, UsageError
from funcyard.orchestrator import (
    deploying,
    forcing,
    monitoring,
    outcomes,
    principals,
    reporting,
    selecting,
    validating,
    verifying,
)
from funcyard.orchestrator.clients import opened
from funcyard.orchestrator.runs import checked_run_id
from funcyard.orchestrator.scenarios import is_scenario_name
from funcyard.orchestrator.setting_reader import OrchestratorSettingsError
from funcyard.orchestrator.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.orchestrator.settings import Settings

Json = dict[str, Any]


class ActivityInputError(UsageError):
    """An activity was handed over something that it cannot be for."""

    code = "activity-input"


class Activities:
    """The activities, for one environment.

    Args:
        environment: The settings.
        clock: Returns the time of day in seconds.
    """

    def __init__(
        self, environment: Mapping[str, str], *, clock: Callable[[], float] = time.time
    ) -> None:
        self._environment = environment
        self._clock = clock

    def times(self) -> Json:
        """Return how long agents run and how often they are looked at, for an orchestration.

        Where settings cannot be meant that is nothing: the run's validation tells it.
        """
        try:
            settings = self._settings()
        except OrchestratorSettingsError:
            return {}
        return {"hours": settings.hours, "minutes": settings.minutes}

    async def validate_environment(self, _given: Json) -> Json:
        """Return whether a run can begin, and what it lacks."""
        try:
            settings = self._settings()
        except OrchestratorSettingsError as fault:
            lacking = {"check": "settings", "passed": False, "status": outcomes.FAILED}
            return {"overall_passed": False, "results": [{**lacking, "error": fault.as_dict()}]}
        async with opened(settings, clock=self._clock) as clients:
            return await validating.validate(clients)

    async def select_scenarios(self, given: Json) -> Json:
        """Return the scenarios of a run."""
        settings, run_id = self._settings(), _run_id(given)
        try:
            return selecting.select(Path(settings.scenarios), settings.size, run_id)
        except FuncyardError as fault:
            return {"scenarios": [], "error": fault.as_dict()}

    async def create_service_principal(self, given: Json) -> Json:
        """Make a scenario's service principal."""
        run_id, name = _run_id(given), _name(given.get("scenario"))
        async with opened(self._settings(), clock=self._clock) as clients:
            return await principals.create(clients, run_id, name)

    async def deploy_container_app(self, given: Json) -> Json:
        """Make and start a scenario's job."""
        run_id, scenario = _run_id(given), _scenario(given.get("scenario"))
        principal = _details(given.get("sp_details"))
        async with opened(self._settings(), clock=self._clock) as clients:
            return await deploying.deploy(clients, run_id, scenario, principal)

    async def check_agent_status(self, given: Json) -> Json:
        """Return how far the agents of a run are."""
        _run_id(given)
        async with opened(self._settings(), clock=self._clock) as clients:
            return await monitoring.check(clients, list(given.get("container_ids") or ()))

    async def verify_cleanup(self, given: Json) -> Json:
        """Return what is left of a run."""
        run_id, names, assignments = _left(given)
        async with opened(self._settings(), clock=self._clock) as clients:
            return await verifying.verify(clients, run_id, names, assignments, given.get("reading"))

    async def force_cleanup(self, given: Json) -> Json:
        """Do one round of deleting what is left of a run."""
        run_id, names, assignments = _left(given)
        async with opened(self._settings(), clock=self._clock) as clients:
            return await forcing.force(
                clients, run_id, names, assignments, given.get("progress") or {}
            )

    async def generate_report(self, given: Json) -> Json:
        """Write the report of a run."""
        run_id = _run_id(given)
        async with opened(self._settings(), clock=self._clock) as clients:
            return await reporting.report(
                clients,
                run_id,
                given.get("execution_report") or {},
                given.get("selected_scenarios") or [],
                int(given.get("sp_count") or 0),
                int(given.get("container_count") or 0),
            )

    def _settings(self) -> Settings:
        return read_settings(self._environment)


def _run_id(given: Json) -> str:
    return checked_run_id(given.get("run_id"))


def _name(given: object) -> str:
    name = given.get("scenario_name") if isinstance(given, dict) else given
    if not isinstance(name, str) or not is_scenario_name(name):
        raise ActivityInputError(f"{name!r} is no scenario")
    return name


def _scenario(given: object) -> dict[str, str]:
    _name(given)
    wanted = ("scenario_name", "scenario_doc_path", "agent_path")
    if not isinstance(given, dict) or not all(isinstance(given.get(one), str) for one in wanted):
        raise ActivityInputError("a scenario has a name, a document and an agent")
    return given


def _details(given: object) -> dict[str, str]:
    wanted = ("client_id", "secret_name")
    if not isinstance(given, dict) or not all(isinstance(given.get(one), str) for one in wanted):
        raise ActivityInputError("a service principal has a client id and a secret's name")
    return given


def _left(given: Json) -> tuple[str, list[str], list[str]]:
    """Return run, scenarios and role assignments that cleanup is about."""
    names = [_name(one) for one in given.get("scenarios") or ()]
    details = [one for one in given.get("sp_details") or () if isinstance(one, dict)]
    assignments = [str(one["role_assignment"]) for one in details if one.get("role_assignment")]
    return _run_id(given), names, assignments
