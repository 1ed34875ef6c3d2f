"""The orchestration, replayed by Microsoft's Durable Functions library event by event.

The library runs the generator from its beginning for every event and stops it where the history
ends, as in Azure; activities answer as in the tests of the phases.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.durable_functions import Orchestrator
from tests.unit.orchestrator.test_flow import AnsweringAzure

from funcyard.orchestrator import flow

Json = dict[str, Any]

pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads was called without")

_RUN = "0f8fad5b-d9cb-469f-a165-70867728950e"
_CALL_ACTIVITY, _CREATE_TIMER = 0, 5


@dataclass
class _History:
    """What the extension keeps of an orchestration, and what it does about its actions."""

    azure: AnsweringAzure
    now: datetime = datetime(2026, 11, 22, 6, tzinfo=UTC)
    events: list[Json] = field(default_factory=list)
    done: int = 0
    replays: int = 0

    def event(self, kind: int, identifier: int = -1, **more: object) -> None:
        told = {"EventType": kind, "EventId": identifier, "IsPlayed": False, **more}
        self.events.append({**told, "Timestamp": self.now.isoformat()})

    def run(self, given: Json) -> Json:
        """Run the orchestration to its end and return its state."""
        handle = Orchestrator.create(flow.orchestrate)
        self.event(12)
        self.event(0, Name="orchestrate_haymaker_run", Version="", Input=json.dumps(given))
        while True:
            self.replays += 1
            body = {
                "history": self.events,
                "instanceId": _RUN,
                "isReplaying": False,
                "parentInstanceId": None,
                "input": json.dumps(given),
                "upperSchemaVersion": 0,
            }
            state: Json = json.loads(handle(json.dumps(body)))
            if state["isDone"]:
                return state
            actions = [one for several in state["actions"] for one in several]
            assert len(actions) > self.done, "the orchestration waits for nothing"
            self._carry_out(actions)

    def _carry_out(self, actions: list[Json]) -> None:
        new = list(enumerate(actions))[self.done :]
        self.done = len(actions)
        for identifier, one in new:
            if one["actionType"] == _CREATE_TIMER:
                self.event(10, identifier, FireAt=one["fireAt"])
            else:
                assert one["actionType"] == _CALL_ACTIVITY
                self.event(4, identifier, Name=one["functionName"], Input=one["input"])
        self.event(13)
        fires = [one["fireAt"] for _, one in new if one["actionType"] == _CREATE_TIMER]
        self.now = max([self.now + timedelta(seconds=1), *map(datetime.fromisoformat, fires)])
        self.event(12)
        for identifier, one in new:
            if one["actionType"] == _CREATE_TIMER:
                self.event(11, TimerId=identifier, FireAt=one["fireAt"])
                continue
            try:
                answer = self.azure.answer(one["functionName"], json.loads(one["input"]))
            except RuntimeError as fault:
                self.event(6, TaskScheduledId=identifier, Reason=str(fault), Details="")
            else:
                self.event(5, TaskScheduledId=identifier, Result=json.dumps(answer))


def _run(answers: Json | None = None, **given: object) -> tuple[Json, _History]:
    history = _History(AnsweringAzure(answers or {}))
    state = history.run({"run_id": _RUN, "started_at": "2026-11-22T06:00:00Z", **given})
    return state, history


def test_a_run_comes_out_whole_after_being_replayed_for_every_event() -> None:
    state, history = _run()

    assert "error" not in state
    assert history.replays > 10
    assert history.azure.names() == [
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
    assert state["output"]["status"] == "completed"
    assert state["customStatus"]["phase"] == "completed"


def test_timers_are_those_of_the_hours_that_agents_run() -> None:
    running = {"running_count": 1, "completed_count": 0, "all_ended": False}
    state, history = _run({flow.CHECK: running}, hours=2, minutes=30)

    fired = [one for one in history.events if one["EventType"] == 11]
    assert history.azure.names().count(flow.CHECK) == 5
    assert state["output"]["phases"]["monitoring"]["checks"] == 5
    assert len(fired) == 1 + 4 + 1  # until roles count, between checks, between rounds


def test_an_activity_that_fails_for_the_library_is_cleaned_up_after() -> None:
    state, history = _run({flow.CHECK: RuntimeError("the worker ended")})

    assert "error" not in state
    assert state["output"]["error"]["code"] == "activity_failed"
    assert "the worker ended" in state["output"]["error"]["message"]
    assert history.azure.names()[-1] == flow.REPORT
    assert state["output"]["phases"]["cleanup"]["verified"]
