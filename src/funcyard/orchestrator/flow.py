"""The phases of a run in their order: the orchestration, deterministic, which alone waits.

It is a generator, as Durable Functions drives it: everything it learns comes from activities and
timers, and the time from its context, so it comes out the same each time it is replayed.

A run that has begun to provision is cleaned up whatever happens, and every run is reported.
https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-code-constraints
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from funcyard.orchestrator import forcing, outcomes

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

Json = dict[str, Any]
Flow = "Generator[Any, Any, Any]"

VALIDATE: Final = "validate_environment_activity"
SELECT: Final = "select_scenarios_activity"
CREATE: Final = "create_service_principal_activity"
DEPLOY: Final = "deploy_container_app_activity"
CHECK: Final = "check_agent_status_activity"
VERIFY: Final = "verify_cleanup_activity"
FORCE: Final = "force_cleanup_activity"
REPORT: Final = "generate_report_activity"

COMPLETED: Final = "completed"
FAILED: Final = "failed"

_TRIES: Final = 20
_ROUNDS: Final = 30
_FIRST_PAUSE: Final = 2.0
_LONGEST_PAUSE: Final = 60.0
_HOURS: Final = 8.0
_MINUTES: Final = 15.0
_ROLES_COUNT_AFTER: Final = 60.0


class Context(Protocol):
    """What an orchestration is given."""

    @property
    def current_utc_datetime(self) -> datetime:
        """The time, the same in every replay."""
        ...

    def get_input(self) -> Any:  # noqa: ANN401 - JSON
        """Return what the run was started with."""
        ...

    def call_activity(self, name: str, input_: Any = None) -> Any:  # noqa: ANN401 - a task
        """Return a task that runs an activity."""
        ...

    def task_all(self, activities: Sequence[Any]) -> Any:  # noqa: ANN401 - a task
        """Return a task that ends when all have."""
        ...

    def create_timer(self, fire_at: datetime) -> Any:  # noqa: ANN401 - a task
        """Return a task that ends at a time."""
        ...

    def set_custom_status(self, status: Any) -> None:  # noqa: ANN401 - JSON
        """Tell how far the run is."""
        ...


class _StoppedError(Exception):
    """The run cannot go on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def orchestrate(context: Context) -> Generator[Any, Any, Json]:
    """Carry a run out, and return what it did.

    Args:
        context: As Durable Functions gives it; its input has ``run_id`` and ``started_at``, and may
            have ``hours`` and ``minutes``, how long agents run and how often they are looked at.
    """
    run = _Run(context)
    yield from run.guarded(run.work())
    if run.scenarios:
        yield from run.guarded(run.clean_up())
    yield from run.guarded(run.report())
    return run.execution


class _Run:
    """A run, from its first phase to its report."""

    def __init__(self, context: Context) -> None:
        given = context.get_input() or {}
        self._context = context
        self._id = str(given["run_id"])
        self._hours = float(given.get("hours") or _HOURS)
        self._minutes = float(given.get("minutes") or _MINUTES)
        self.scenarios: list[Json] = []
        self._principals: list[Json] = []
        self._containers: list[str] = []
        self._phases: Json = {}
        self.execution: Json = {
            "run_id": self._id,
            "started_at": given.get("started_at") or _stamp(context.current_utc_datetime),
            "ended_at": None,
            "status": COMPLETED,
            "error": None,
            "phases": self._phases,
            "report_url": None,
        }

    def guarded(self, phase: Generator[Any, Any, None]) -> Generator[Any, Any, None]:
        """Go through a phase; what ends it is kept as the run's error, the first one counts."""
        try:
            yield from phase
        except _StoppedError as stop:
            self._fail(stop.code, str(stop))
        except Exception as fault:  # noqa: BLE001 - whatever an activity raised, cleanup follows
            self._fail("activity_failed", str(fault))

    def work(self) -> Generator[Any, Any, None]:
        """Validate, select, provision and watch.

        Raises:
            _StoppedError: The run cannot go on.
        """
        yield from self._validate()
        yield from self._select()
        yield from self._provision()
        yield from self._monitor()

    def clean_up(self) -> Generator[Any, Any, None]:
        """Find out whether anything is left, and delete it until nothing is.

        Raises:
            _StoppedError: Something is left, or it is not known.
        """
        self._tell("cleanup")
        about = {"run_id": self._id, "scenarios": self.scenarios, "sp_details": self._principals}
        found = yield from self._verify(about)
        phase: Json = {"verified": found["verified"], "before": found, "forced": None, "rounds": 0}
        self._phases["cleanup"] = phase
        # What was there before the first round counts as deleted once it is gone, so that a round
        # whose answer was lost is counted, too.
        progress: Json = {"tried": {one["id"].lower(): one for one in found["remaining_resources"]}}
        while not found["verified"] and phase["rounds"] < _ROUNDS:
            if phase["rounds"]:
                yield self._pause(phase["rounds"], phase["forced"].get("retry_after"))
            forced = yield from self._force({**about, "progress": progress})
            progress = forced.pop("progress", None) or {}
            phase["forced"] = forced
            phase["rounds"] += 1
            if forced["status"] != forcing.GOES_ON:
                break
        if phase["rounds"]:
            found = yield from self._verify(about)
            phase["after"] = found
        phase["verified"] = found["verified"]
        if not found["verified"]:
            left, unknown = len(found["remaining_resources"]), len(found["unknown"])
            raise _StoppedError(
                "cleanup_incomplete", f"{left} left, {unknown} that could not be told"
            )

    def report(self) -> Generator[Any, Any, None]:
        """Write the report.

        Raises:
            _StoppedError: It could not be written.
        """
        self._tell("reporting")
        self.execution["ended_at"] = _stamp(self._context.current_utc_datetime)
        given = {
            "run_id": self._id,
            "execution_report": self.execution,
            "selected_scenarios": self.scenarios,
            "sp_count": len(self._principals),
            "container_count": len(self._containers),
        }
        (told,) = yield from self._all(REPORT, [given])
        self.execution["report_url"] = told.get("report_url")
        if told.get("status") != outcomes.SUCCESS:
            raise _StoppedError("report_not_written", _message(told))
        self._tell("completed")

    def _validate(self) -> Generator[Any, Any, None]:
        self._tell("validation")
        found: Json = {}
        for attempt in range(_TRIES):
            found = yield self._context.call_activity(VALIDATE, {"run_id": self._id})
            failing = [one for one in found["results"] if not one["passed"]]
            passing = [one for one in failing if one.get("status") == outcomes.LATER]
            if not failing or len(passing) < len(failing):
                break
            yield self._pause(attempt, max(one.get("retry_after") or 0 for one in passing))
        self._phases["validation"] = found
        if not found["overall_passed"]:
            failing = [one["check"] for one in found["results"] if not one["passed"]]
            raise _StoppedError("environment_validation_failed", ", ".join(failing))

    def _select(self) -> Generator[Any, Any, None]:
        self._tell("selection")
        found = yield self._context.call_activity(SELECT, {"run_id": self._id})
        names = [one["scenario_name"] for one in found["scenarios"]]
        self._phases["selection"] = {"count": len(names), "scenarios": names}
        if not names:
            raise _StoppedError("no_scenarios_selected", _message(found))
        self.scenarios = found["scenarios"]

    def _provision(self) -> Generator[Any, Any, None]:
        self._tell("provisioning")
        names = [one["scenario_name"] for one in self.scenarios]
        wanted = [{"run_id": self._id, "scenario": one} for one in names]
        made = yield from self._all(CREATE, wanted)
        self._principals = [one["sp_details"] for one in made if _is_good(one)]
        phase: Json = {"service_principals": _told(names, made), "containers": []}
        self._phases["provisioning"] = phase
        if not self._principals:
            raise _StoppedError("no_service_principal_created", f"none of {len(names)}")
        yield self._timer(_ROLES_COUNT_AFTER)
        by_name = {one["scenario_name"]: one for one in self._principals}
        ready = [one for one in self.scenarios if one["scenario_name"] in by_name]
        deployed = yield from self._all(
            DEPLOY,
            [
                {
                    "run_id": self._id,
                    "scenario": one,
                    "sp_details": by_name[one["scenario_name"]],
                }
                for one in ready
            ],
        )
        phase["containers"] = _told([one["scenario_name"] for one in ready], deployed)
        self._containers = [one["resource_id"] for one in deployed if _is_good(one)]
        if not self._containers:
            raise _StoppedError("no_agent_deployed", f"none of {len(ready)}")

    def _monitor(self) -> Generator[Any, Any, None]:
        self._tell("monitoring")
        until = self._context.current_utc_datetime + timedelta(hours=self._hours)
        phase: Json = {"checks": 0, "ended_early": False, "last": None}
        self._phases["monitoring"] = phase
        given = {"run_id": self._id, "container_ids": self._containers}
        while True:
            phase["last"] = yield self._context.call_activity(CHECK, given)
            phase["checks"] += 1
            now = self._context.current_utc_datetime
            if phase["last"]["all_ended"]:
                phase["ended_early"] = now < until
                return
            if now >= until:
                return
            yield self._context.create_timer(min(until, now + timedelta(minutes=self._minutes)))

    def _force(self, given: Json) -> Generator[Any, Any, Json]:
        """Do a round of cleanup; one that breaks off is no reason to leave what is left."""
        try:
            forced: Json = yield self._context.call_activity(FORCE, given)
        except Exception as fault:  # noqa: BLE001 - whatever it raised, another round follows
            going = {"status": forcing.GOES_ON, "progress": given["progress"]}
            return {**going, "error": _broken_off(fault)}
        return forced

    def _verify(self, about: Json) -> Generator[Any, Any, Json]:
        """Read what is left until each question has its answer, or will have none."""
        found: Json = {}
        for attempt in range(_TRIES):
            given = {**about, "reading": found.get("reading")}
            try:
                found = yield self._context.call_activity(VERIFY, given)
            except Exception as fault:  # noqa: BLE001 - whatever it raised, nothing is known by it
                unread = {"what": "what is left", "error": _broken_off(fault), "later": True}
                found = {"verified": False, "remaining_resources": [], "unknown": [unread]}
            later = [one for one in found["unknown"] if one.get("later")]
            if not later or attempt + 1 == _TRIES:
                break
            yield self._pause(attempt, max(one.get("retry_after") or 0 for one in later))
        return {name: value for name, value in found.items() if name != "reading"}

    def _all(self, activity: str, inputs: list[Json]) -> Generator[Any, Any, list[Json]]:
        """Run an activity for each input, all at once; again for those that say ``later``."""
        answers: list[Json] = [{} for _ in inputs]
        todo = list(range(len(inputs)))
        for attempt in range(_TRIES):
            tasks = [self._context.call_activity(activity, inputs[at]) for at in todo]
            told = yield self._context.task_all(tasks)
            for at, answer in zip(todo, told, strict=True):
                answers[at] = answer
            todo = [at for at in todo if answers[at].get("status") == outcomes.LATER]
            if not todo or attempt + 1 == _TRIES:
                break
            wanted = max(answers[at].get("retry_after") or 0 for at in todo)
            yield self._pause(attempt, wanted)
        return answers

    def _pause(self, attempt: int, wanted: float | None) -> Any:  # noqa: ANN401 - a task
        """Return a timer: as long as Azure wants, at least twice as long each time."""
        return self._timer(max(wanted or 0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**attempt)))

    def _timer(self, seconds: float) -> Any:  # noqa: ANN401 - a task
        now = self._context.current_utc_datetime
        return self._context.create_timer(now + timedelta(seconds=seconds))

    def _tell(self, phase: str) -> None:
        self._context.set_custom_status({"run_id": self._id, "phase": phase})

    def _fail(self, code: str, message: str) -> None:
        self.execution["status"] = FAILED
        self.execution["error"] = self.execution["error"] or {"code": code, "message": message}


def _is_good(answer: Json) -> bool:
    return answer.get("status") == outcomes.SUCCESS


def _told(names: Sequence[str], answers: Sequence[Json]) -> list[Json]:
    """Return what became of each scenario; one that was put off to the end has failed."""
    return [
        {
            "scenario_name": name,
            "status": outcomes.SUCCESS if _is_good(answer) else outcomes.FAILED,
            "error": answer.get("error"),
            "resource_id": answer.get("resource_id"),
        }
        for name, answer in zip(names, answers, strict=True)
    ]


def _broken_off(fault: Exception) -> Json:
    return {"code": "activity_failed", "message": str(fault), "hint": None}


def _message(answer: Json) -> str:
    return str((answer.get("error") or {}).get("message") or "no reason was told")


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC) if moment.tzinfo else moment:%Y-%m-%dT%H:%M:%SZ}"
