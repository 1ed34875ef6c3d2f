"""``up`` shows the functions of the spec that the worker did not find, or found otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.running import Up, make_project

from funcyard.host.client import ask
from funcyard.project.root import state_folder

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="hi", methods=["GET", "POST"])
def hello(req: func.HttpRequest) -> str:
    return "hello"


@app.route(route="more")
def more(req: func.HttpRequest) -> str:
    return "more"
"""


def test_departures_stand_beside_the_functions(tmp_path: Path, apps_python: Path) -> None:
    project = make_project(tmp_path, {"api": SOURCE})
    spec = project / "funcyard.yaml"
    spec.write_text(
        spec.read_text().replace("hello}]", "hello}, {type: queue, name: on_task, queue: tasks}]")
    )

    with Up(project, apps_python) as up:
        [app] = up.ready["apps"]
        (now,) = ask(state_folder(project), op="status")

    assert now["apps"] == [app]
    assert {one["name"] for one in app["functions"]} == {"hello", "more"}
    assert app["departures"] == [
        {
            "function": "hello",
            "departure": "changed",
            "message": "funcyard.yaml differs: route `hi`, not `hello`",
        },
        {
            "function": "on_task",
            "departure": "missing",
            "message": "not in the code: `funcyard diff` shows what to write",
        },
        {"function": "more", "departure": "undeclared", "message": "not in funcyard.yaml"},
    ]
