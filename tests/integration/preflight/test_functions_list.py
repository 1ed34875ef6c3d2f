"""``funcyard functions list`` as a process, on real apps and a real Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.forked_command import funcyard
from tests.integration.preflight.checking import GOOD, Checked, check, write_app

TIMED = """{"scriptFile": "__init__.py", "bindings": [
    {"type": "timerTrigger", "direction": "in", "name": "timer", "schedule": "0 * * * * *"}]}
"""
SHOP = """\
import azure.functions as func

app = func.FunctionApp()
bp = func.Blueprint()


@app.route("x/{id}", methods=["get", "POST"], auth_level="anonymous")
def hello(req: func.HttpRequest) -> str: ...


@app.queue_trigger(arg_name="m", queue_name="in", connection="Store")
def work(m: func.QueueMessage) -> None: ...


@app.kafka_trigger(arg_name="e", topic="t", broker_list="b")
def stream(e) -> None: ...


@bp.route("lost")
def lost(req: func.HttpRequest) -> str: ...
"""
NOT_REGISTERED = "the blueprint bp (function_app.py) is not registered"
NOT_READ = "there is a script, so function.json folders are not read"
V1_NOT_HERE = "cannot run here yet: the programming model v1"
NOT_DECLARED = (
    "cannot load the bad function: the following parameters are declared in Python but not in"
    " function.json: {'clock'}"
)
ABSENT = "No module named 'package_that_is_absent'"


def listed(folder: Path, *arguments: str | Path) -> Checked:
    """Run the command in a folder."""
    done = funcyard("functions", "list", *arguments, cwd=folder)
    return Checked(done.returncode, done.stdout, done.stderr)


def write_folder(app: Path, name: str, source: str) -> None:
    """Write one function of the model v1."""
    (app / name).mkdir(parents=True)
    (app / name / "function.json").write_text(TIMED, encoding="utf-8")
    (app / name / "__init__.py").write_text(source, encoding="utf-8")


def write_v1(app: Path) -> Path:
    """Write an app of two functions of the model v1, one of them broken."""
    write_folder(app, "good", "def main(timer): ...\n")
    write_folder(app, "bad", "def main(clock): ...\n")
    (app / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
    return app


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """An app with functions that are found, that run nowhere here, and that are lost."""
    app = write_app(
        tmp_path / "shop", SHOP, host__json='{"version": "2.0"}', local__settings__json=""
    )
    (app / "local.settings.json").write_text(
        json.dumps({"Values": {"AzureWebJobs.work.Disabled": "true"}}), encoding="utf-8"
    )
    write_folder(app, "old", "def main(timer): ...\n")
    return app


def test_every_function_is_a_line_with_what_starts_it_and_how_it_stands(
    shop: Path, apps_python: Path
) -> None:
    done = listed(shop, "--python", apps_python)

    assert (done.status, done.errors) == (0, "")
    head, *lines = done.output.splitlines()
    assert head.split() == [
        "APP", "FUNCTION", "MODEL", "TRIGGER", "LISTENS", "TO", "ACCESS", "CONNECTION", "PLACE",
        "STATE",
    ]  # fmt: skip
    assert [" ".join(line.split()) for line in lines] == [
        "shop hello http /api/x/{id} anonymous GET,POST function_app.py:7 found",
        "shop work queue in Store function_app.py:11 disabled: AzureWebJobs.work.Disabled is set",
        "shop stream kafka t function_app.py:15 found; cannot run here yet: kafkaTrigger (e)",
        f"shop lost function_app.py:19 ignored: {NOT_REGISTERED}",
        f"shop old v1 old/function.json:1 ignored: {NOT_READ}",
    ]


def test_the_document_tells_functions_as_check_does(shop: Path, apps_python: Path) -> None:
    done = listed(shop, "--json", "--python", apps_python)

    assert done.document["failures"] == []
    functions: list[dict[str, Any]] = done.document["functions"]
    assert functions[0] == {
        "app": "shop",
        "name": "hello",
        "trigger": "httpTrigger",
        "route": "/api/x/{id}",
        "schedule": None,
        "connection": None,
        "file": "function_app.py",
        "line": 7,
        "state": "found",
        "reason": None,
        "unsupported": None,
        "model": "v2",
        "listens_to": "/api/x/{id}",
        "methods": ["GET", "POST"],
        "auth_level": "anonymous",
    }
    assert functions == check(shop, "--json", "--python", apps_python).document["functions"]


def test_an_app_that_cannot_be_indexed_is_told_with_reason_file_and_line(
    tmp_path: Path, apps_python: Path
) -> None:
    write_app(tmp_path / "good")
    write_app(tmp_path / "bad", GOOD + "\nimport package_that_is_absent\n")
    write_app(tmp_path / "none").joinpath("function_app.py").unlink()

    done = listed(tmp_path, "--python", apps_python)
    document = listed(tmp_path, "--json", "--python", apps_python).document

    assert done.status == 1
    assert [line.split()[:2] for line in done.output.splitlines()[1:]] == [["good", "hello"]]
    assert done.errors.splitlines() == [
        f"bad cannot be indexed: bad/function_app.py:10: ModuleNotFoundError: {ABSENT}",
        "none cannot be indexed: there is no function_app.py in the app's folder",
    ]
    assert document["failures"] == [
        {
            "app": "bad",
            "kind": "ModuleNotFoundError",
            "message": ABSENT,
            "file": "bad/function_app.py",
            "line": 10,
        },
        {
            "app": "none",
            "kind": "missing-script",
            "message": "there is no function_app.py in the app's folder",
            "file": "none/function_app.py",
            "line": 0,
        },
    ]


def test_functions_of_the_model_v1_are_listed_and_one_that_fails_is_told(
    tmp_path: Path, apps_python: Path
) -> None:
    app = write_v1(tmp_path / "old")

    done = listed(app, "--python", apps_python)
    checked = check(app, "--json", "--python", apps_python)

    assert done.status == 1
    assert [" ".join(line.split()) for line in done.output.splitlines()[1:]] == [
        f"old good v1 timer 0 * * * * * good/__init__.py:1 found; {V1_NOT_HERE}",
        f"old bad v1 bad/__init__.py:1 failed: FunctionLoadError: {NOT_DECLARED}",
    ]
    assert "v1-function-does-not-load" in checked.rules
    assert [one["state"] for one in checked.document["functions"]] == ["found", "failed"]


def test_only_the_named_apps_are_imported(tmp_path: Path, apps_python: Path) -> None:
    write_app(tmp_path / "good")
    write_app(tmp_path / "bad", "1/0\n")

    done = listed(tmp_path, "good", "--python", apps_python)
    other = listed(tmp_path, "nothing", "--json", "--python", apps_python)

    assert (done.status, done.errors) == (0, "")
    assert other.status == 2
    assert other.document["error"]["code"] == "no-such-app"
    assert other.document["error"]["hint"] == "apps: bad, good"


def test_an_app_without_functions_says_so(tmp_path: Path, apps_python: Path) -> None:
    app = write_app(tmp_path / "api", "import azure.functions as func\napp = func.FunctionApp()\n")

    assert listed(app, "--python", apps_python) == Checked(0, "no functions\n", "")


def test_another_folder_is_named_by_an_option(tmp_path: Path, apps_python: Path) -> None:
    write_app(tmp_path / "apps" / "api")

    done = listed(tmp_path, "--dir", "apps", "--json", "--python", apps_python)

    assert [function["file"] for function in done.document["functions"]] == ["api/function_app.py"]


def test_what_is_no_python_is_refused(tmp_path: Path) -> None:
    write_app(tmp_path / "api")

    done = listed(tmp_path, "--json", "--python", "/bin/false")

    assert done.status == 2
    assert done.document["error"]["code"] == "bad-python"


def test_an_app_that_hangs_is_ended_in_time(tmp_path: Path, apps_python: Path) -> None:
    write_app(tmp_path / "api", "import time\ntime.sleep(600)\n")

    done = listed(tmp_path, "--timeout", "3", "--python", apps_python)

    assert done.status == 1
    assert "api/function_app.py:2: TimeoutError: indexing took longer than 3 s" in done.errors


def test_any_folder_of_a_project_stands_for_the_project(tmp_path: Path, apps_python: Path) -> None:
    project = tmp_path / "project"
    made = funcyard("new", project, "--blueprint", "data-pipeline", "--yes", cwd=tmp_path)
    assert made.returncode == 0, made.stderr

    done = listed(project / "functions" / "loader", "--json", "--python", apps_python)

    assert done.status == 0
    functions = done.document["functions"]
    assert {function["app"] for function in functions} == {"orchestrator", "processor", "loader"}
    assert functions[0]["file"] == "functions/orchestrator/function_app.py"
    assert {function["state"] for function in functions} == {"found"}
