from __future__ import annotations

import pytest

from funcyard.functions.model import Index, LoadFailure
from funcyard.host.events import Event, Events
from funcyard.host.functions_view import FunctionView
from funcyard.host.standing import Standing, problem_of

_FAILURE = LoadFailure(
    file="function_app.py", line=3, kind="NameError", message="x", traceback="Trace\n"
)
_V1 = "the programming model v1 (function.json folders) cannot run here yet"


def _last(events: Events) -> Event:
    return events.recent(1)[0]


def test_an_app_that_cannot_start_is_failed_and_says_why_and_what_helps() -> None:
    events = Events()
    standing = Standing("api", events)

    standing.failed("no Python", hint="install it", serving=False)

    assert (standing.state, standing.reason) == ("failed", "no Python")
    assert standing.tried.is_set()
    told = _last(events)
    assert (told.kind, told.level, told.message) == ("app", "error", "no Python (install it)")


def test_new_code_that_fails_leaves_the_app_ready_and_is_told_as_a_reload() -> None:
    events = Events()
    standing = Standing("api", events)
    standing.ready([FunctionView("hello", "http", "/api/hello")], 0.25, reloaded=False)
    assert _last(events).message == "ready: 1 function, loaded in 0.25 s"

    standing.load_failed(_FAILURE, "function_app.py:3: NameError: x", serving=True)

    assert (standing.state, standing.reason) == ("ready", "function_app.py:3: NameError: x")
    assert [view.name for view in standing.functions] == ["hello"]
    trace, told = events.recent(2)
    assert (trace.kind, trace.message) == ("log", "Trace")
    assert (told.kind, told.data["line"]) == ("reload", 3)
    assert told.message == "function_app.py:3: NameError: x; the last good code keeps serving"


def test_an_app_without_functions_is_ready_and_says_so() -> None:
    standing = Standing("api", Events())

    standing.ready([], 0.1, reloaded=True)

    assert (standing.state, standing.reason) == (
        "ready", "0 functions: nothing is registered on the app",
    )  # fmt: skip


def test_a_worker_that_died_is_told_with_its_exit_code_and_the_wait() -> None:
    events = Events()
    standing = Standing("api", events)

    standing.restarting(-9, 0.2)

    assert (standing.state, standing.reason) == ("restarting", "the worker ended with exit code -9")
    assert _last(events).message == "the worker ended with exit code -9; restarting in 0.2 s"


@pytest.mark.parametrize(
    ("index", "problem"),
    [
        (Index(), None),
        (Index(failure=_FAILURE), "function_app.py:3: NameError: x"),
        (Index(failure=LoadFailure("TimeoutError", "took long")), "TimeoutError: took long"),
        (Index(legacy=True), f"the script registers no function: {_V1}"),
        (Index(missing_script="main.py"), "there is no main.py in the app's folder"),
        (
            Index(missing_script="main.py", legacy=True),
            f"there is no main.py: {_V1}",
        ),
    ],
)
def test_what_keeps_an_app_from_serving_is_said_with_its_place(
    index: Index, problem: str | None
) -> None:
    assert problem_of(index) == problem
