from __future__ import annotations

import threading
from pathlib import Path

from tests.e2e.dap import Client
from tests.e2e.running import Answer, Up, fetch, make_project

SOURCE = """
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="hello")
def hello(req: func.HttpRequest) -> str:
    name = req.params.get("name", "nobody")
    return f"hello {name}"
"""
_LINE = 10
HANGS = """
import time

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="hang")
def hang(req: func.HttpRequest) -> str:
    time.sleep(600)
    return ""
"""


def test_a_breakpoint_in_app_code_is_hit_also_after_a_reload(
    tmp_path: Path, apps_python: Path, free_port: int
) -> None:
    project = make_project(tmp_path, {"api": SOURCE})
    environment = {"ENABLE_DEBUGGING": "true", "API_DEBUG_PORT": str(free_port)}
    script = project / "functions" / "api" / "function_app.py"
    with Up(project, apps_python, environment=environment) as up:
        for name in ("Ada", "Grace"):
            up.wait_for(lambda e: e["event"] == "log" and "debugpy listens" in e["message"])
            with Client(free_port) as debugger:
                debugger.attach(script, [_LINE])
                answers: list[Answer] = []
                url = up.url(f"/api/hello?name={name}")
                caller = threading.Thread(target=lambda: answers.append(fetch(url)))  # noqa: B023 - joined below
                caller.start()
                stopped = debugger.wait_for_event("stopped")
                assert stopped["reason"] == "breakpoint"
                assert debugger.variable(stopped["threadId"], "name") == repr(name)
                debugger.resume(stopped["threadId"])
                caller.join()
                assert answers[0].body == f"hello {name}".encode()
            up.save(SOURCE + f"\n# saved after {name}\n")


def test_a_function_that_a_debugger_stopped_does_not_time_out(
    tmp_path: Path, apps_python: Path, free_port: int
) -> None:
    project = make_project(tmp_path, {"api": SOURCE, "clock": HANGS})
    folder = project / "functions" / "api"
    for app in ("api", "clock"):
        host_json = project / "functions" / app / "host.json"
        host_json.write_text('{"version": "2.0", "functionTimeout": "00:00:01"}')
    (folder / "local.settings.json").write_text('{"Values": {"ENABLE_DEBUGGING": "true"}}')
    with Up(project, apps_python, environment={"API_DEBUG_PORT": str(free_port)}) as up:
        up.wait_for(lambda e: e["event"] == "log" and "debugpy listens" in e["message"])
        with Client(free_port) as debugger:
            debugger.attach(folder / "function_app.py", [_LINE])
            answers: list[Answer] = []
            caller = threading.Thread(target=lambda: answers.append(fetch(up.url("/api/hello"))))
            caller.start()
            stopped = debugger.wait_for_event("stopped")
            for _ in range(2):  # each ends by its functionTimeout: longer has passed here
                assert fetch(up.url("/api/hang", "clock")).status == 500
            debugger.resume(stopped["threadId"])
            caller.join(30)
    assert answers[0].body == b"hello nobody"
