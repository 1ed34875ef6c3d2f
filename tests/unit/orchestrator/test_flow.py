"""The phases of a run: their order, what ends it early, and that cleanup and report always come."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from funcyard.orchestrator import flow

Json = dict[str, Any]

_RUN = "0f8fad5b-d9cb-469f-a165-70867728950e"
_BEGAN = datetime(2026, 11, 22, 6, tzinfo=UTC)
_GOOD = {"status": "success"}
_CLEAN = {"verified": True, "remaining_resources": [], "unknown": []}
_THING = {"id": "/X", "name": "x", "type": "secret"}
_LEFT = {"verified": False, "remaining_resources": [_THING], "unknown": []}


def _force(status: str, **more: Any) -> Json:  # noqa: ANN401 - JSON
    return {"status": status, "retry_after": None, "progress": {"tried": {}}, **more}


def _created(given: Json) -> Json:
    name = given["scenario"]
    return {**_GOOD, "sp_details": {"scenario_name": name, "role_assignment": f"/ra/{name}"}}


def _deployed(given: Json) -> Json:
    return {**_GOOD, "resource_id": f"/jobs/{given['scenario']['scenario_name']}"}


def _checked(given: Json, running: int = 0) -> Json:
    return {
        "running_count": running,
        "completed_count": len(given["container_ids"]) - running,
        "all_ended": not running,
    }


@dataclass
class AnsweringAzure:
    """Answers of activities: each a value, a function of the input, or a list of them in turn."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Json]] = field(default_factory=list)

    def answer(self, name: str, given: Json) -> Any:  # noqa: ANN401 - JSON
        self.asked.append((name, copy.deepcopy(given)))
        found = {
            flow.VALIDATE: {"overall_passed": True, "results": []},
            flow.SELECT: {"scenarios": [{"scenario_name": "a"}, {"scenario_name": "b"}]},
            flow.CREATE: _created,
            flow.DEPLOY: _deployed,
            flow.CHECK: _checked,
            flow.VERIFY: [_LEFT, _CLEAN],
            flow.FORCE: [_force("in_progress"), _force("completed")],
            flow.REPORT: {**_GOOD, "report_url": "https://reports/report.json"},
            **self.answers,
        }[name]
        if isinstance(found, list):
            times = sum(one == name for one, _ in self.asked)
            found = found[min(times, len(found)) - 1]
        if isinstance(found, Exception):
            raise found
        return copy.deepcopy(found(given) if callable(found) else found)

    def names(self) -> list[str]:
        return [name for name, _ in self.asked]

    def of(self, name: str) -> list[Json]:
        return [given for other, given in self.asked if other == name]


@dataclass
class _Context:
    azure: AnsweringAzure
    given: Json = field(default_factory=lambda: {"run_id": _RUN, "started_at": "then"})
    now: datetime = _BEGAN
    waited: list[float] = field(default_factory=list)
    statuses: list[Any] = field(default_factory=list)

    @property
    def current_utc_datetime(self) -> datetime:
        return self.now

    def get_input(self) -> Json:
        return self.given

    def set_custom_status(self, status: object) -> None:
        self.statuses.append(status)

    def call_activity(self, name: str, input_: Any = None) -> Callable[[], Any]:  # noqa: ANN401 - JSON
        return lambda: self.azure.answer(name, input_)

    def task_all(self, activities: Sequence[Callable[[], Any]]) -> Callable[[], Any]:
        return lambda: [one() for one in activities]

    def create_timer(self, fire_at: datetime) -> Callable[[], Any]:
        def fire() -> None:
            self.waited.append((fire_at - self.now).total_seconds())
            self.now = fire_at

        return fire


def _driven(context: _Context) -> Json:
    flowing: Generator[Any, Any, Json] = flow.orchestrate(context)
    try:
        task = next(flowing)
        while True:
            try:
                answer = task()
            except Exception as fault:  # noqa: BLE001 - handed to the orchestration
                task = flowing.throw(fault)
            else:
                task = flowing.send(answer)
    except StopIteration as ended:
        return dict(ended.value)


def _run(**answers: Any) -> tuple[Json, AnsweringAzure, _Context]:  # noqa: ANN401 - JSON
    azure = AnsweringAzure({getattr(flow, name): answer for name, answer in answers.items()})
    context = _Context(azure)
    return _driven(context), azure, context


def test_a_run_goes_through_its_phases_and_ends_once_its_agents_have() -> None:
    told, azure, context = _run()

    assert azure.names() == [
        flow.VALIDATE,
        flow.SELECT,
        *[flow.CREATE] * 2,
        *[flow.DEPLOY] * 2,
        flow.CHECK,
        flow.VERIFY,
        *[flow.FORCE] * 2,
        flow.VERIFY,
        flow.REPORT,
    ]
    assert (told["status"], told["error"]) == ("completed", None)
    assert told["report_url"] == "https://reports/report.json"
    assert told["phases"]["monitoring"]["ended_early"]
    assert told["phases"]["cleanup"]["verified"]
    assert [one["phase"] for one in context.statuses] == [
        "validation",
        "selection",
        "provisioning",
        "monitoring",
        "cleanup",
        "reporting",
        "completed",
    ]


def test_replayed_it_asks_for_the_same_in_the_same_order() -> None:
    first, second = _run(), _run()

    assert first[1].asked == second[1].asked
    assert first[2].waited == second[2].waited
    assert first[0] == second[0]


def test_an_environment_that_lacks_something_ends_the_run_before_anything_is_made() -> None:
    lacking = {"check": "vault", "passed": False, "status": "failed"}
    told, azure, _ = _run(VALIDATE={"overall_passed": False, "results": [lacking]})

    assert azure.names() == [flow.VALIDATE, flow.REPORT]
    assert told["status"] == "failed"
    assert told["error"] == {"code": "environment_validation_failed", "message": "vault"}


def test_a_cloud_that_is_busy_is_asked_again_after_the_pause_that_it_wants() -> None:
    busy = {"check": "vault", "passed": False, "status": "later", "retry_after": 90}
    told, azure, context = _run(
        VALIDATE=[
            {"overall_passed": False, "results": [busy]},
            {"overall_passed": True, "results": []},
        ]
    )

    assert told["status"] == "completed"
    assert azure.names().count(flow.VALIDATE) == 2
    assert context.waited[0] == 90


def test_a_run_without_scenarios_says_why() -> None:
    empty = {"scenarios": [], "error": {"code": "no-scenarios", "message": "the image has none"}}
    told, azure, _ = _run(SELECT=empty)

    assert azure.names() == [flow.VALIDATE, flow.SELECT, flow.REPORT]
    assert told["error"] == {"code": "no_scenarios_selected", "message": "the image has none"}


def test_what_is_put_off_alone_is_asked_for_again() -> None:
    tries: dict[str, int] = {}

    def created(given: Json) -> Json:
        name = given["scenario"]
        tries[name] = tries.get(name, 0) + 1
        if name == "b" and tries[name] < 3:
            return {"status": "later", "retry_after": None, "error": {"message": "busy"}}
        return _created(given)

    told, _, context = _run(CREATE=created)

    assert tries == {"a": 1, "b": 3}
    assert told["status"] == "completed"
    assert context.waited[:3] == [2, 4, 60]  # and then until roles count


def test_what_is_put_off_for_ever_has_failed_in_the_end_and_the_rest_goes_on() -> None:
    def deployed(given: Json) -> Json:
        if given["scenario"]["scenario_name"] == "b":
            return {"status": "later", "error": {"message": "busy"}}
        return _deployed(given)

    told, azure, _ = _run(DEPLOY=deployed)

    assert [one["status"] for one in told["phases"]["provisioning"]["containers"]] == [
        "success",
        "failed",
    ]
    assert azure.of(flow.CHECK)[0]["container_ids"] == ["/jobs/a"]
    assert told["status"] == "completed"


def test_only_scenarios_with_a_service_principal_are_deployed() -> None:
    def created(given: Json) -> Json:
        return {"status": "failed"} if given["scenario"] == "a" else _created(given)

    told, azure, _ = _run(CREATE=created)

    assert [one["scenario"]["scenario_name"] for one in azure.of(flow.DEPLOY)] == ["b"]
    assert told["status"] == "completed"


@pytest.mark.parametrize(
    ("activity", "code"),
    [("CREATE", "no_service_principal_created"), ("DEPLOY", "no_agent_deployed")],
)
def test_a_run_in_which_nothing_can_run_is_not_watched_and_is_cleaned_up(
    activity: str, code: str
) -> None:
    told, azure, _ = _run(**{activity: {"status": "failed", "error": {"message": "no"}}})

    assert flow.CHECK not in azure.names()
    assert azure.names()[-2:] == [flow.VERIFY, flow.REPORT]
    assert told["error"]["code"] == code


def test_agents_are_looked_at_every_quarter_of_an_hour_until_their_time_is_up() -> None:
    told, azure, context = _run(CHECK=lambda given: _checked(given, running=1))

    assert azure.names().count(flow.CHECK) == 33
    assert context.waited[1:33] == [15 * 60] * 32
    assert not told["phases"]["monitoring"]["ended_early"]
    assert told["status"] == "completed"


def test_an_activity_that_breaks_off_ends_the_run_and_not_its_cleanup() -> None:
    for broken in ("CREATE", "DEPLOY", "CHECK"):
        told, azure, _ = _run(**{broken: RuntimeError("the worker ended")})

        assert azure.names()[-1] == flow.REPORT
        assert flow.FORCE in azure.names()
        assert told["error"] == {"code": "activity_failed", "message": "the worker ended"}


def test_a_run_that_left_nothing_is_not_cleaned_by_force() -> None:
    told, azure, _ = _run(VERIFY=_CLEAN)

    assert flow.FORCE not in azure.names()
    assert told["phases"]["cleanup"]["verified"]


def test_cleanup_is_gone_on_with_and_each_round_knows_what_the_last_one_did() -> None:
    _, azure, context = _run(
        FORCE=[
            _force("in_progress", progress={"tried": {"x": 1}}, retry_after=120),
            _force("in_progress"),
            _force("completed"),
        ]
    )
    first, second, _ = azure.of(flow.FORCE)

    assert first["progress"] == {"tried": {"/x": _THING}}
    assert second["progress"] == {"tried": {"x": 1}}
    assert second["sp_details"] == first["sp_details"] != []
    assert 120 in context.waited


def test_what_could_not_be_told_is_never_taken_for_clean() -> None:
    unknown = {"verified": False, "remaining_resources": [], "unknown": [{"what": "x"}]}
    told, azure, _ = _run(VERIFY=unknown, FORCE=_force("in_progress"))

    assert azure.names().count(flow.FORCE) == 30
    assert told["status"] == "failed"
    assert told["error"] == {
        "code": "cleanup_incomplete",
        "message": "0 left, 1 that could not be told",
    }
    assert not told["phases"]["cleanup"]["verified"]


def test_a_cleanup_that_can_do_no_more_ends_and_tells_what_is_left() -> None:
    told, azure, _ = _run(VERIFY=_LEFT, FORCE=_force("partial_failure"))

    assert azure.names().count(flow.FORCE) == 1
    assert told["phases"]["cleanup"]["after"] == _LEFT
    assert told["error"]["message"] == "1 left, 0 that could not be told"


def test_a_cleanup_that_breaks_off_is_gone_on_with_where_it_was() -> None:
    broken = RuntimeError("the worker ended")
    going = _force("in_progress", progress={"tried": {"x": 1}})
    told, azure, context = _run(
        VERIFY=[broken, _LEFT, broken, _CLEAN], FORCE=[going, broken, _force("completed")]
    )

    assert told["status"] == "completed"
    assert told["phases"]["cleanup"]["verified"]
    assert [one["progress"] for one in azure.of(flow.FORCE)[1:]] == [{"tried": {"x": 1}}] * 2
    assert all(context.waited)


def test_what_is_left_is_not_known_where_every_reading_breaks_off() -> None:
    told, azure, _ = _run(VERIFY=RuntimeError("the worker ended"), FORCE=_force("completed"))

    assert azure.names().count(flow.FORCE) == 1
    assert told["error"]["code"] == "cleanup_incomplete"
    (unread,) = told["phases"]["cleanup"]["after"]["unknown"]
    assert unread["error"]["message"] == "the worker ended"


def test_a_cleanup_that_breaks_off_is_reported_and_hides_no_earlier_reason() -> None:
    told, azure, _ = _run(
        DEPLOY={"status": "failed", "error": {}}, VERIFY=RuntimeError("the worker ended")
    )

    assert azure.names()[-1] == flow.REPORT
    assert told["error"]["code"] == "no_agent_deployed"


def test_the_report_has_the_whole_run_with_its_end() -> None:
    _, azure, context = _run()
    (given,) = azure.of(flow.REPORT)

    assert given["execution_report"]["ended_at"] == f"{context.now:%Y-%m-%dT%H:%M:%SZ}"
    assert set(given["execution_report"]["phases"]) == {
        "validation",
        "selection",
        "provisioning",
        "monitoring",
        "cleanup",
    }
    assert (given["sp_count"], given["container_count"]) == (2, 2)


def test_a_report_that_cannot_be_written_is_told_by_the_orchestration_itself() -> None:
    told, _, _ = _run(REPORT={"status": "failed", "error": {"message": "no such account"}})

    assert told["error"] == {"code": "report_not_written", "message": "no such account"}


def test_hours_and_minutes_of_a_run_are_those_it_was_started_with() -> None:
    azure = AnsweringAzure({flow.CHECK: lambda given: _checked(given, running=2)})
    context = _Context(azure, {"run_id": _RUN, "hours": 1, "minutes": 25})

    _driven(context)

    assert context.now - _BEGAN > timedelta(hours=1)
    assert context.waited[1:4] == [25 * 60, 25 * 60, 10 * 60]
