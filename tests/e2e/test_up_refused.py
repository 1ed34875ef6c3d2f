"""What ``funcyard up`` and ``funcyard host`` refuse before they start anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.e2e.running import make_project
from tests.forked_command import funcyard

HELLO = """
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route(route="hello")
def hello(req: func.HttpRequest) -> str:
    return "hello"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project", {"api": HELLO})


def refusal(project: Path, command: str, *arguments: str | Path) -> dict[str, str]:
    """Run a command that must refuse, and return its error; nothing may have been started."""
    folder = project if command == "up" else project / "functions" / "api"
    done = funcyard(command, folder, "--json", *arguments, cwd=project)
    assert done.returncode == 2, done.stderr
    error: dict[str, str] = json.loads(done.stdout)["error"]
    assert f"error[{error['code']}]: {error['message']}\nhint: {error['hint']}" in done.stderr
    assert not (project / ".funcyard" / "run" / "azurite").exists()
    return error


@pytest.mark.parametrize("command", ["up", "host"])
@pytest.mark.parametrize("address", ["", "everywhere", "127.0.0.1:80"])
def test_what_is_no_address_is_refused(project: Path, command: str, address: str) -> None:
    error = refusal(project, command, "--address", address)
    assert (error["code"], error["message"]) == (
        "bad-address",
        f"{address!r} is not an IP address",
    )


def test_an_address_of_another_machine_is_refused_before_the_emulator_starts(
    project: Path, apps_python: Path
) -> None:
    options = ("--json", "--address", "192.0.2.1", "--python", apps_python)
    done = funcyard("up", project, *options, cwd=project)

    assert done.returncode == 1
    assert "error[no-port]: cannot listen on 192.0.2.1:21000" in done.stderr
    assert not (project / ".funcyard" / "run" / "azurite").exists()


@pytest.mark.parametrize("command", ["up", "host"])
@pytest.mark.parametrize(
    ("text", "mode", "answer"),
    [
        ("#!/bin/sh\nexit 0\n", 0o644, "Permission denied"),
        ("#!/bin/sh\necho version not selected >&2\nexit 127\n", 0o755, "version not selected"),
        ("#!/bin/sh\necho hello\n", 0o755, r"'hello\n'"),
        ("#!/bin/sh\necho 3.10\n", 0o755, "is Python 3.10"),
    ],
)
def test_a_python_that_cannot_be_used_is_refused_with_its_answer(
    project: Path, command: str, text: str, mode: int, answer: str
) -> None:
    python = project / "python"
    python.write_text(text)
    python.chmod(mode)

    error = refusal(project, command, "--python", python)
    assert error["code"] == "bad-python"
    assert str(python) in error["message"]
    assert answer in error["message"]


def test_the_environment_of_an_app_served_alone_is_asked_too(project: Path) -> None:
    python = project / "functions" / "api" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)

    error = refusal(project, "host")
    assert error["message"] == f"{python} is no usable Python: it ends with exit code 3"


def test_every_fault_of_the_settings_is_told_at_once_with_its_line(project: Path) -> None:
    env, local = project / ".env.local", project / "functions" / "api" / "local.settings.json"
    env.write_text('A="sesame\nnonsense\nAPI_HOST_PORT=x\nAZURITE_ACCOUNT_KEY=abc\n')
    local.write_text('{"Values": {\n"A": {}}}')

    error = refusal(project, "up")
    assert error["code"] == "bad-settings"
    assert error["message"].splitlines() == [
        f'{env}:1: A: the quote " is not closed on its line',
        f"{env}:2: not NAME=value",
        f"{env}:3: API_HOST_PORT is 'x': not a port",
        f"{env}:4: AZURITE_ACCOUNT_KEY holds no base64",
        f"{local}:2: A is an object: a setting is text",
    ]
