"""An app of Durable Functions on the local host: indexed, told whole, though it cannot run yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.running import Up, fetch, make_project
from tests.forked_command import funcyard

SOURCE = """
import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=False)
@app.durable_client_input(client_name="client")
async def start(timer: func.TimerRequest, client) -> None:
    await client.start_new("run")


@app.orchestration_trigger(context_name="context")
def run(context: df.DurableOrchestrationContext):
    return (yield context.call_activity("work", "x"))


@app.activity_trigger(input_name="given")
def work(given: str) -> str:
    return given


@app.entity_trigger(context_name="context")
def counter(context) -> None:
    context.set_state(1)


@app.route(route="hello")
def hello(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("hello")
"""
WHY = {
    "start": "cannot run here yet: it starts orchestrations of Durable Functions (client)",
    "run": "cannot run here yet: an orchestration of Durable Functions (context)",
    "work": "cannot run here yet: an activity of Durable Functions (given)",
    "counter": "cannot run here yet: an entity of Durable Functions (context)",
}


@pytest.fixture(scope="module")
def up(durable_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    root = make_project(tmp_path_factory.mktemp("durable"), {"api": SOURCE})
    with Up(root, durable_python) as running:
        yield running


def test_the_app_is_ready_and_tells_what_cannot_run_in_words(up: Up) -> None:
    app = up.app()
    told = {one["name"]: (one["state"], one["reason"]) for one in app["functions"]}

    assert (app["state"], app["reason"]) == ("ready", "")
    assert told == {
        **{name: ("unsupported", why) for name, why in WHY.items()},
        "hello": ("listening", ""),
    }
    assert fetch(up.url("/api/hello")).body == b"hello"


def test_the_admin_routes_have_all_functions_and_what_of_them_cannot_run(up: Up) -> None:
    functions = json.loads(fetch(up.url("/admin/functions")).body)
    status = json.loads(fetch(up.url("/admin/host/status")).body)

    assert {one["name"]: one.get("unsupported") for one in functions} == {**WHY, "hello": None}
    assert (status["state"], status["errors"]) == ("Running", [])
    assert status["unsupportedFunctions"] == WHY


def test_nobody_runs_one_by_hand_and_is_told_why(up: Up, tmp_path: Path) -> None:
    refused = fetch(up.url("/admin/functions/run"), method="POST", body=b"{}")
    missing = fetch(up.url("/admin/functions/none"), method="POST", body=b"{}")
    done = funcyard("invoke", "api", "work", "--data", "x", "--dir", up.root, cwd=tmp_path)

    assert refused.status == 400
    assert json.loads(refused.body)["code"] == "unsupported-function"
    assert WHY["run"] in json.loads(refused.body)["message"]
    assert missing.status == 404
    assert done.returncode != 0
    assert WHY["work"] in done.stderr


def test_the_list_of_functions_has_them_as_found(
    up: Up, durable_python: Path, tmp_path: Path
) -> None:
    options = ("--dir", up.root, "--python", durable_python, "--json")
    done = funcyard("functions", "list", *options, cwd=tmp_path)
    functions = json.loads(done.stdout)["functions"]

    assert done.returncode == 0
    assert {one["name"]: one["unsupported"] for one in functions} == {**WHY, "hello": None}
    assert {one["state"] for one in functions} == {"found"}
