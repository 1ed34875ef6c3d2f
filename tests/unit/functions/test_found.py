"""How a function is told: what starts it, where it is, and why it is not simply found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from funcyard.functions.found import Telling
from funcyard.functions.model import Binding, BrokenFunction, Function, Index, LoadFailure
from funcyard.functions.survey import Interpreter, Stray, Survey

INTERPRETER = Interpreter("3.11.2", {}, {}, ())
SURVEY = Survey(Index(), INTERPRETER)


def telling(**settings: str) -> Telling:
    return Telling(
        app="api",
        prefix="api",
        settings=settings,
        unsupported=lambda _: None,
        name_of=lambda file: f"functions/api/{file}",
        words=lambda failure: failure.message,
    )


def function(kind: str, **properties: Any) -> Function:  # noqa: ANN401 - JSON
    return Function(
        "work", "function_app.py", (Binding("x", kind, "in", properties),), file="a.py", line=3
    )


def test_an_http_function_is_told_with_its_route_methods_and_key() -> None:
    told = telling().describe(
        function("httpTrigger", route="x/{id}", methods=["GET", "post"], authLevel="ANONYMOUS")
    )

    assert (told.route, told.listens_to) == ("/api/x/{id}", "/api/x/{id}")
    assert (told.methods, told.auth_level) == (("GET", "POST"), "anonymous")
    assert (told.app, told.name, told.trigger) == ("api", "work", "httpTrigger")
    assert (told.file, told.line, told.model) == ("functions/api/a.py", 3, "v2")
    assert (told.state, told.reason, told.unsupported) == ("found", None, None)


@pytest.mark.parametrize(
    ("prefix", "properties", "route"),
    [
        ("api", {}, "/api/work"),
        ("", {}, "/work"),
        ("/v1/", {"route": "a/b/"}, "/v1/a/b"),
        ("api", {"route": "/a"}, "/api//a"),
        ("", {"route": "/a"}, "/a"),
        ("api", {"route": ""}, "/api"),
        ("", {"route": ""}, "/"),
    ],
)
def test_a_route_has_the_prefix_of_host_json(
    prefix: str, properties: dict[str, str], route: str
) -> None:
    told = replace(telling(), prefix=prefix).describe(function("httpTrigger", **properties))

    assert told.route == route
    assert told.auth_level == "function"


@pytest.mark.parametrize(
    ("kind", "properties", "source"),
    [
        ("timerTrigger", {"schedule": "0 * * * * *"}, "0 * * * * *"),
        ("queueTrigger", {"queueName": "in", "connection": "S"}, "in"),
        ("blobTrigger", {"path": "in/{name}", "connection": "S"}, "in/{name}"),
        ("serviceBusTrigger", {"topicName": "t", "subscriptionName": "s"}, "t/s"),
        ("eventHubTrigger", {"eventHubName": "h"}, "h"),
        ("cosmosDBTrigger", {"databaseName": "d", "containerName": "c"}, "d/c"),
        ("kafkaTrigger", {"topic": "t"}, "t"),
        ("sqlTrigger", {"tableName": "t"}, "t"),
        ("eventGridTrigger", {}, "/runtime/webhooks/EventGrid?functionName=work"),
        ("serviceBusTrigger", {}, ""),
    ],
)
def test_other_functions_are_told_with_what_they_listen_to(
    kind: str, properties: dict[str, str], source: str
) -> None:
    told = telling().describe(function(kind, **properties))

    assert (told.listens_to, told.route) == (source, None)
    assert (told.auth_level, told.methods) == (None, ())
    assert told.schedule == properties.get("schedule")
    assert told.connection == properties.get("connection")


@pytest.mark.parametrize("value", ["true", "True", "1"])
def test_a_function_that_a_setting_disables_exists_all_the_same(value: str) -> None:
    told = telling(**{"AzureWebJobs.work.Disabled": value}).describe(function("timerTrigger"))

    assert (told.state, told.reason) == ("disabled", "AzureWebJobs.work.Disabled is set")
    assert told.exists


def test_why_the_local_host_cannot_run_it_is_told_beside_its_state() -> None:
    told = replace(telling(), unsupported=lambda f: f"no {f.trigger.type}").describe(
        function("kafkaTrigger")
    )

    assert (told.state, told.unsupported) == ("found", "no kafkaTrigger")


def test_what_is_not_found_follows_what_is_with_its_reason() -> None:
    index = Index(
        functions=(function("timerTrigger"),),
        broken=(BrokenFunction("bad", LoadFailure("NameError", "no x", "bad/__init__.py", 2)),),
        unread=("old",),
    )
    strays = (
        Stray("blueprint", "bp", "parts.py", (("lost", "parts.py", 5),)),
        Stray("app", "other", "more.py", (("second", "", 0),)),
    )

    told = telling().all_of(replace(SURVEY, index=index, strays=strays))

    assert [(one.name, one.state, one.reason, one.file, one.line, one.model) for one in told] == [
        ("work", "found", None, "functions/api/a.py", 3, "v2"),
        ("bad", "failed", "NameError: no x", "functions/api/bad/__init__.py", 2, "v1"),
        (
            "lost",
            "ignored",
            "the blueprint bp (functions/api/parts.py) is not registered",
            "functions/api/parts.py",
            5,
            "v2",
        ),
        (
            "second",
            "ignored",
            "the app other (functions/api/more.py) is not the one that is served",
            "",
            0,
            "v2",
        ),
        (
            "old",
            "ignored",
            "there is a script, so function.json folders are not read",
            "functions/api/old/function.json",
            1,
            "v1",
        ),
    ]
    assert [one.exists for one in told] == [True, False, False, False, False]


def test_of_an_app_that_fails_nothing_is_said_to_be_ignored_for_want_of_a_registration() -> None:
    failed = Index(failure=LoadFailure("ValueError", "More than one FunctionApp"))
    stray = Stray("app", "app", "function_app.py", (("tick", "function_app.py", 3),))

    assert telling().all_of(replace(SURVEY, index=failed, strays=(stray,))) == ()
