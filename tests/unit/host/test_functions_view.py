from __future__ import annotations

import pytest

from funcyard.functions.model import Binding, Function
from funcyard.host.functions_view import FunctionView, State, tally, view_of, why_unsupported


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], "0 functions"),
        (["listening"], "1 function"),
        (["listening", "listening"], "2 functions"),
        (["disabled"], "1 function that does not run here (1 disabled)"),
        (["unsupported"] * 10, "10 functions, of which none runs here (10 unsupported)"),
        (
            ["unsupported", "listening", "disabled", "failed", "unsupported"],
            "5 functions (1 disabled, 1 failed, 2 unsupported)",
        ),
    ],
)
def test_every_function_is_counted_and_told_why_some_do_not_run_here(
    states: list[State], said: str
) -> None:
    assert tally(FunctionView("f", "http", "/", state=state) for state in states) == said


def function(
    kind: str, *others: Binding, needs: tuple[str, ...] = (), model: str = "v2"
) -> Function:
    trigger = Binding("x", kind, "in", {"queueName": "in", "methods": ["get"]})
    return Function("work", "function_app.py", (trigger, *others), needs=needs, model=model)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (function("queueTrigger", Binding("out", "blob", "out")), None),
        (function("eventGridTrigger", Binding("out", "eventGrid", "out")), None),
        (function("kafkaTrigger"), "cannot run here yet: kafkaTrigger (x)"),
        (
            function("queueTrigger", Binding("out", "sendGrid", "out")),
            "cannot run here yet: sendGrid (out)",
        ),
        (
            function("orchestrationTrigger"),
            "cannot run here yet: an orchestration of Durable Functions (x)",
        ),
        (function("activityTrigger"), "cannot run here yet: an activity of Durable Functions (x)"),
        (function("entityTrigger"), "cannot run here yet: an entity of Durable Functions (x)"),
        (
            function("timerTrigger", Binding("client", "durableClient", "in")),
            "cannot run here yet: it starts orchestrations of Durable Functions (client)",
        ),
        (function("blobTrigger", needs=("sdk-types",)), "cannot run here yet: it needs sdk-types"),
        (function("httpTrigger", needs=("http-streams",)), None),
        (function("timerTrigger", model="v1"), "cannot run here yet: the programming model v1"),
    ],
)
def test_what_this_host_cannot_run_is_told_by_what_it_lacks(
    given: Function, why: str | None
) -> None:
    assert why_unsupported(given) == why


@pytest.mark.parametrize(
    ("given", "settings", "view"),
    [
        (function("queueTrigger"), {}, FunctionView("work", "queue", "in")),
        (function("httpTrigger"), {}, FunctionView("work", "http", "/api/work", ("GET",))),
        (
            function("queueTrigger"),
            {"AzureWebJobs.work.Disabled": "1"},
            FunctionView(
                "work", "queue", "in", (), "disabled", "AzureWebJobs.work.Disabled is set"
            ),
        ),
        (
            function("kafkaTrigger"),
            {"AzureWebJobs.work.Disabled": "1"},
            FunctionView(
                "work", "kafka", "in", (), "unsupported", "cannot run here yet: kafkaTrigger (x)"
            ),
        ),
    ],
)
def test_a_function_is_shown_as_it_stands_before_anything_is_started(
    given: Function, settings: dict[str, str], view: FunctionView
) -> None:
    assert view_of(given, prefix="api", settings=settings) == view
