from __future__ import annotations

import socket
import threading
import time
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
    project = make_project(tmp_path, {"api": SOURCE})
    folder = project / "functions" / "api"
    (folder / "host.json").write_text('{"version": "2.0", "functionTimeout": "00:00:01"}')
    environment = {"ENABLE_DEBUGGING": "true", "API_DEBUG_PORT": str(free_port)}
    with Up(project, apps_python, environment=environment) as up:
        up.wait_for(lambda e: e["event"] == "log" and "debugpy listens" in e["message"])
        with Client(free_port) as debugger:
            debugger.attach(folder / "function_app.py", [_LINE])
            answers: list[Answer] = []
            caller = threading.Thread(target=lambda: answers.append(fetch(up.url("/api/hello"))))
            caller.start()
            stopped = debugger.wait_for_event("stopped")
            time.sleep(3)
            debugger.resume(stopped["threadId"])
            caller.join(30)
    assert answers[0].body == b"hello nobody"


def test_nothing_listens_for_a_debugger_unless_asked(
    tmp_path: Path, apps_python: Path, free_port: int
) -> None:
    project = make_project(tmp_path, {"api": SOURCE})
    with Up(project, apps_python, environment={"API_DEBUG_PORT": str(free_port)}) as up:
        fetch(up.url("/api/hello"))
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", free_port)) != 0
