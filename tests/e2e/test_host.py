"""``funcyard host``: one app, as a container serves it."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.dap import Client
from tests.e2e.running import Answer, eventually, fetch
from tests.e2e.serving_alone import command_of, host

SOURCE = """
import os

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route(route="setting/{name}", auth_level=func.AuthLevel.ANONYMOUS)
def setting(req: func.HttpRequest) -> str:
    name = req.route_params["name"]
    return os.environ.get(name, "absent")


@app.route(route="kept")
def kept(req: func.HttpRequest) -> str:
    return "kept"
"""
_LINE = 11


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "wwwroot"
    folder.mkdir()
    (folder / "function_app.py").write_text(SOURCE, encoding="utf-8")
    (folder / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
    return folder


def test_one_app_is_served_with_the_environment_as_its_settings(
    app: Path, apps_python: Path
) -> None:
    root = {"AzureWebJobsScriptRoot": str(app), "WEBSITE_SITE_NAME": "shop", "COLOUR": "green"}
    with host(apps_python, "--port", "0", **root) as (process, found):
        assert (found["name"], found["state"], found["reason"]) == ("shop", "ready", "")
        assert [one["name"] for one in found["functions"]] == ["setting", "kept"]
        assert fetch(f"{found['url']}/api/setting/COLOUR").body == b"green"
        assert fetch(f"{found['url']}/api/kept").status == 200
        assert fetch(f"{found['url']}/").status == 200
    assert process.returncode == 0
    assert not (app / ".funcyard").exists()


def test_on_another_address_than_loopback_functions_ask_for_their_keys(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    keys = tmp_path / "secrets" / "keys.json"
    arguments = (app, "--port", "0", "--address", "0.0.0.0", "--keys", keys)  # noqa: S104 - what is tested
    with host(apps_python, *arguments) as (_, found):
        address = f"{found['url']}/api/kept"
        assert fetch(address).status == 401
        assert fetch(f"{found['url']}/admin/host/status").status == 401
        key = json.loads(keys.read_text())["functions"]["kept"]
        assert fetch(f"{address}?code={key}").body == b"kept"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    with host(apps_python, *arguments) as (_, found):
        assert fetch(f"{found['url']}/api/kept?code={key}").body == b"kept"


def test_an_app_that_does_not_load_is_told_and_answers_503(app: Path, apps_python: Path) -> None:
    (app / "function_app.py").write_text("import azure.functions as func\n1 +\n", encoding="utf-8")
    with host(apps_python, app, "--port", "0") as (_, found):
        assert found["state"] == "failed"
        assert "function_app.py:2" in found["reason"]
        assert fetch(f"{found['url']}/").status == 503


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([], " in the app's folder"),
        (
            ["a/function.json"],
            ": the programming model v1 (function.json folders) cannot run here yet",
        ),
    ],
)
def test_a_script_that_is_not_there_is_named(
    app: Path, apps_python: Path, files: list[str], why: str
) -> None:
    for name in files:
        (app / name).parent.mkdir()
        (app / name).write_text("{}", encoding="utf-8")
    with host(apps_python, app, "--port", "0", PYTHON_SCRIPT_FILE_NAME="main.py") as (_, found):
        assert (found["state"], found["reason"]) == ("failed", f"there is no main.py{why}")


def test_folders_beside_a_script_that_registers_nothing_are_refused_by_name(
    app: Path, apps_python: Path
) -> None:
    source = "import azure.functions as func\napp = func.FunctionApp()\n"
    (app / "function_app.py").write_text(source, encoding="utf-8")
    (app / "a").mkdir()
    (app / "a" / "function.json").write_text("{}", encoding="utf-8")

    with host(apps_python, app, "--port", "0") as (_, found):
        assert found["state"] == "failed"
        assert found["reason"] == (
            "the script registers no function: the programming model v1 (function.json folders)"
            " cannot run here yet"
        )


def test_the_arguments_of_a_debug_image_let_a_debugger_attach(
    app: Path, apps_python: Path, free_port: int
) -> None:
    arguments = f"-m debugpy --listen 127.0.0.1:{free_port}"
    environment = {"languageWorkers__python__arguments": arguments}
    with (
        host(apps_python, app, "--port", "0", **environment) as (_, found),
        Client(free_port) as debugger,
    ):
        debugger.attach(app / "function_app.py", [_LINE + 1])
        answers: list[Answer] = []
        caller = threading.Thread(
            target=lambda: answers.append(fetch(f"{found['url']}/api/setting/NONE"))
        )
        caller.start()
        stopped = debugger.wait_for_event("stopped")
        assert debugger.variable(stopped["threadId"], "name") == "'NONE'"
        debugger.resume(stopped["threadId"])
        caller.join()
        assert answers[0].body == b"absent"


def test_an_app_that_waits_for_a_debugger_serves_once_one_is_attached(
    app: Path, apps_python: Path, free_port: int
) -> None:
    (app / "function_app.py").write_text(SOURCE + "\nloaded = True\n", encoding="utf-8")
    line = SOURCE.count("\n") + 2
    waits = f"-m debugpy --listen 127.0.0.1:{free_port} --wait-for-client"
    environment = {**os.environ, "languageWorkers__python__arguments": waits}
    command = command_of(app, "--port", "0", "--json", "--python", apps_python)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        with Client(free_port) as debugger:
            debugger.attach(app / "function_app.py", [line])
            stopped = debugger.wait_for_event("stopped")
            assert debugger.variable(stopped["threadId"], "kept.__class__.__name__")
            debugger.resume(stopped["threadId"])
            ready = json.loads(process.stdout.readline())["apps"][0]
            assert ready["state"] == "ready"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_an_app_that_still_waits_for_a_debugger_can_be_ended(
    app: Path, apps_python: Path, free_port: int
) -> None:
    waits = f"-m debugpy --listen 127.0.0.1:{free_port} --wait-for-client"
    environment = {**os.environ, "languageWorkers__python__arguments": waits}
    command = command_of(app, "--port", "0", "--python", apps_python)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        eventually(lambda: _listens(free_port))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_busy_port_is_a_fault_and_no_other_is_taken(app: Path, apps_python: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = _refused(app, "--port", str(port), "--python", apps_python)
    assert refused["code"] == "no-port"
    assert str(port) in refused["message"]


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        (("--address", "everywhere"), {}, "bad-address"),
        ((), {"languageWorkers__python__arguments": "-X dev"}, "worker-arguments"),
    ],
)
def test_what_cannot_be_served_is_refused_before_anything_starts(
    app: Path, arguments: tuple[str, ...], environment: dict[str, str], code: str
) -> None:
    assert _refused(app, "--port", "0", *arguments, **environment)["code"] == code
    assert {path.name for path in app.iterdir()} == {"function_app.py", "host.json"}


def _refused(app: Path, *arguments: str | Path, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        command_of(app, "--json", *arguments),
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=30,
        check=False,
    )
    assert done.returncode in {1, 2}, done.stdout
    assert "Traceback" not in done.stderr
    error: dict[str, Any] = json.loads(done.stdout)["error"]
    return error
