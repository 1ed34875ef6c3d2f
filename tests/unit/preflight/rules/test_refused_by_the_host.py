"""The rules on what indexes well and is refused later: routes, schedules, orchestrators."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.failing import function, holding
from tests.unit.preflight.given import facts, found

from funcyard.functions.model import Function
from funcyard.preflight.facts import Facts
from funcyard.preflight.rules import (
    orchestrator_async,
    orchestrator_without_yield,
    route_invalid,
    route_reserved,
    route_twice,
    schedule_invalid,
)

HEAD = "import azure.functions as func\nimport azure.durable_functions as df\napp = df.DFApp()\n"


def _http(name: str, route: str | None, line: int = 0, *methods: str) -> Function:
    given = {} if route is None else {"route": route}
    return function(name, "httpTrigger", line, **given, methods=list(methods) or None)


def _facts(folder: Path, *functions: Function, prefix: str | None = None, body: str = "") -> Facts:
    files = {"function_app.py": HEAD + body}
    if prefix is not None:
        files["host.json"] = '{"extensions": {"http": {"routePrefix": "%s"}}}' % prefix  # noqa: UP031 - braces
    return facts(folder, files, survey=holding(*functions))


@pytest.mark.parametrize(
    "route",
    [
        "a/{id",
        "a/}id{",
        "{rest*}/b",
        "{*rest}/b",
        "a/{id}/{ID}",
        "a/{id:integer}",
        "/a",
        "x/{a}{b}",
        "{a}{b}",
        "a?b=1",
        "x?y",
    ],
)
def test_a_route_that_is_no_template_is_told(tmp_path: Path, route: str) -> None:
    assert len(found(route_invalid.RULE, _facts(tmp_path, _http("f", route)))) == 1


@pytest.mark.parametrize(
    "route",
    [
        "a/{id:int:min(1)}/{b?}",
        "{*rest}",
        "{**rest}",
        "a/{name}.{format}",
        "a/{name}.{ext?}",
        "{a?}/b",
        "{path:nonfile}",
        "",
        r"{v:regex(^(?<year>\\d+)$)}",
    ],
)
def test_a_route_that_the_host_can_read_is_silent(tmp_path: Path, route: str) -> None:
    assert found(route_invalid.RULE, _facts(tmp_path, _http("f", route))) == []


def test_a_route_is_told_where_it_is_written(tmp_path: Path) -> None:
    body = '@app.function_name("f")\n@app.route(\n    route="a/{id",\n)\ndef hello(req): ...\n'

    (finding,) = found(route_invalid.RULE, _facts(tmp_path, _http("f", "a/{id", 4), body=body))

    assert (finding.file, finding.line, finding.evidence) == (
        "function_app.py",
        6,
        'route="a/{id",',
    )


def test_a_leading_slash_counts_with_the_prefix_alone(tmp_path: Path) -> None:
    asgi = _http("http_app_func", "/{*route}")

    (finding,) = found(route_invalid.RULE, _facts(tmp_path, asgi))
    (plain,) = found(route_invalid.RULE, _facts(tmp_path, _http("f", "/a")))

    assert plain.next.startswith('write route="a", or set')
    assert finding.next == 'set extensions.http.routePrefix of host.json to ""'
    assert found(route_invalid.RULE, _facts(tmp_path, asgi, prefix="")) == []


@pytest.mark.parametrize(
    ("name", "route", "told"),
    [
        ("f", "admin/users", True),
        ("f", "/Administrators", True),
        ("f", "runtime", True),
        ("admin_page", None, True),
        ("f", "users/admin", False),
        ("admin_page", "page", False),
    ],
)
def test_routes_that_the_host_keeps_are_told(
    tmp_path: Path, name: str, route: str | None, *, told: bool
) -> None:
    assert bool(found(route_reserved.RULE, _facts(tmp_path, _http(name, route)))) is told


def test_a_route_used_twice_is_told_at_the_second_with_the_first(tmp_path: Path) -> None:
    body = '@app.route("a")\ndef one(req): ...\n@app.route("A/")\ndef two(req): ...\n'
    functions = _http("one", "a", 4, "GET"), _http("two", "A/", 6, "get", "POST")

    (finding,) = found(route_twice.RULE, _facts(tmp_path, *functions, body=body))

    assert (finding.line, finding.message) == (
        6,
        "two: one (function_app.py:4) answers GET A/ already",
    )


def test_methods_shared_out_are_no_clash_and_no_methods_are_all(tmp_path: Path) -> None:
    apart = _http("one", "a", 0, "GET"), _http("two", "a", 0, "POST")
    every = _http("one", "a"), _http("two", "a", 0, "POST"), _http("a", None, 0, "PUT")

    assert found(route_twice.RULE, _facts(tmp_path, *apart)) == []
    assert len(found(route_twice.RULE, _facts(tmp_path, *every))) == 2


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("0 */5 * * * *", False),
        ("*/5 * * * *", False),
        ("00:05:00", False),
        ("25:00:00:00", False),
        ("%CRON%", False),
        ("%UNKNOWN%", False),
        ("%WRONG%", True),
        ("whenever", True),
        ("0 60 * * * *", True),
    ],
)
def test_a_schedule_that_cannot_be_read_is_told(
    tmp_path: Path, schedule: str, *, told: bool
) -> None:
    body = (
        '@app.timer_trigger(\n    arg_name="timer",\n    schedule="x",\n)\ndef tick(timer): ...\n'
    )
    given = facts(
        tmp_path,
        {"function_app.py": HEAD + body},
        survey=holding(function("tick", line=4, schedule=schedule)),
        target={"settings": {"CRON": "0 0 * * * *", "WRONG": "daily"}},
    )

    assert [finding.line for finding in found(schedule_invalid.RULE, given)] == [6] * told


SITE = """\
param vault string
resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'orders'
  kind: 'functionapp,linux'
  properties: {
    siteConfig: {
      appSettings: [
        { name: 'OTHER', value: 'every 5 minutes' }
        { name: 'Timer_Schedule', value: VALUE }
      ]
    }
  }
}
"""
CONTAINER = """\
resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'orders'
  properties: {
    template: {
      containers: [
        {
          image: 'orders.azurecr.io/IMAGE:1'
          env: [
            { name: 'TIMER_SCHEDULE', FROM: 'every-5-minutes' }
          ]
        }
      ]
    }
  }
}
"""


@pytest.mark.parametrize(
    ("template", "line"),
    [
        (SITE.replace("VALUE", "'every 5 minutes'"), 9),
        (SITE.replace("VALUE", "'0 */5 * * * *'"), 0),
        (SITE.replace("VALUE", "'@Microsoft.KeyVault(SecretUri=https://v/secrets/s)'"), 0),
        (SITE.replace("VALUE", "vault"), 0),
        (CONTAINER.replace("FROM", "value").replace("IMAGE", "api"), 9),
        (CONTAINER.replace("FROM", "secretRef").replace("IMAGE", "api"), 0),
    ],
)
def test_a_schedule_in_a_setting_is_judged_as_the_template_gives_it(
    tmp_path: Path, template: str, line: int
) -> None:
    given = facts(
        tmp_path,
        {"function_app.py": HEAD, "main.bicep": template},
        survey=holding(function("tick", line=4, schedule="%TIMER_SCHEDULE%")),
        target={"settings": {"TIMER_SCHEDULE": "0 0 * * * *"}},
    )

    told = found(schedule_invalid.RULE, given)

    assert [(finding.file, finding.line) for finding in told] == [("main.bicep", line)] * bool(line)
    assert all("every" in f.evidence and "%TIMER_SCHEDULE% of orders" in f.message for f in told)


def test_a_setting_of_another_apps_image_is_not_held_against_a_timer(tmp_path: Path) -> None:
    given = facts(
        tmp_path,
        {
            "function_app.py": HEAD,
            "main.bicep": CONTAINER.replace("FROM", "value").replace("orders.azurecr.io/", ""),
        },
        survey=holding(function("tick", line=4, schedule="%TIMER_SCHEDULE%")),
    )

    assert found(schedule_invalid.RULE, given) == []


ASYNC = """\
@app.orchestration_trigger(context_name="context")
async def run(context):
    return await context.call_activity("say")
"""
NO_YIELD = """\
@app.orchestration_trigger(context_name="context")
def run(context):
    if context.is_replaying:
        return context.call_activity("say", 1)
"""


def test_an_orchestrator_that_is_a_coroutine_is_told_and_only_that(tmp_path: Path) -> None:
    given = _facts(tmp_path, function("run"), body=ASYNC)

    (finding,) = found(orchestrator_async.RULE, given)

    assert (finding.line, finding.next) == (5, "write def run(…), with yield in place of await")
    assert found(orchestrator_without_yield.RULE, given) == []


def test_an_orchestrator_that_never_yields_what_it_starts_is_told_at_the_call(
    tmp_path: Path,
) -> None:
    (finding,) = found(
        orchestrator_without_yield.RULE, _facts(tmp_path, function("run"), body=NO_YIELD)
    )

    assert (finding.line, finding.next) == (7, "write yield context.call_activity('say', 1)")


@pytest.mark.parametrize(
    "body",
    [
        NO_YIELD.replace("return context", "return (yield context").replace("1)", "1))"),
        NO_YIELD.replace("context.call_activity", "str"),
        NO_YIELD.replace("context.call_activity", "yield from steps"),
        NO_YIELD.replace("orchestration_trigger", "entity_trigger"),
    ],
)
def test_an_orchestrator_that_yields_or_starts_nothing_is_silent(tmp_path: Path, body: str) -> None:
    given = _facts(tmp_path, function("run"), body=body)

    assert found(orchestrator_without_yield.RULE, given) == []
    assert found(orchestrator_async.RULE, given) == []
