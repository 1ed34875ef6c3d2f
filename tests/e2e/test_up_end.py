"""How ``funcyard up`` ends, and what it says of that: while it starts, while functions run."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from tests.e2e.running import FUNCYARD, Up, eventually, fetch, make_project

LOADS_LONG = """
import time

import azure.functions as func

time.sleep(600)
app = func.FunctionApp()
"""

RUNS_LONG = """
import logging
import time

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="hello")
def hello(req: func.HttpRequest) -> str:
    logging.info("asleep")
    time.sleep(600)
    return ""
"""
STARTS_A_PROCESS = """
import subprocess

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="hello")
def hello(req: func.HttpRequest) -> str:
    return str(subprocess.Popen(["sleep", "600"]).pid)
"""
_PATIENCE = 25.0  # less than functions are given to finish


@pytest.fixture
def installs(tmp_path: Path) -> Iterator[Path]:
    """A project that is never ready: what serves a package of its app's does not answer."""
    project = make_project(tmp_path, {"api": RUNS_LONG})
    with socket.create_server(("127.0.0.1", 0)) as server:
        wheel = f"http://127.0.0.1:{server.getsockname()[1]}/sample-1-py3-none-any.whl"
        requirements = project / "functions" / "api" / "requirements.txt"
        requirements.write_text(f"sample @ {wheel}\n")
        yield project


@contextmanager
def up(project: Path, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Run ``funcyard up`` in a pipe."""
    with subprocess.Popen(
        [FUNCYARD, "up", project, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], wanted: str) -> None:
    """Read what is printed, to the end of the line that holds a text."""
    assert process.stdout is not None
    assert any(wanted in line for line in process.stdout), f"never printed: {wanted}"


def test_ctrl_c_while_packages_are_installed_ends_without_calling_the_project_ready(
    installs: Path,
) -> None:
    with up(installs) as process:
        read_until(process, "installing packages")
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        *_, stopping, ended = process.stdout.read().splitlines()
        assert process.wait(_PATIENCE) == 130
    assert stopping.endswith("stopping: nothing runs; Ctrl-C again ends at once")
    assert ended.endswith("ended before it was ready")


def test_tools_are_told_of_an_end_before_the_project_is_ready_in_one_line(installs: Path) -> None:
    with up(installs, "--json") as process:
        down: list[str | Path] = [FUNCYARD, "down", installs]
        eventually(lambda: subprocess.run(down, capture_output=True, check=False).returncode == 0)
        assert process.stdout is not None
        (line,) = process.stdout.read().splitlines()
        assert process.wait(_PATIENCE) == 0
    ended = json.loads(line)
    assert (ended["event"], ended["data"]) == ("ended", {"exit": 0})


def test_ctrl_c_says_what_it_waits_for_and_a_second_one_ends_everything_at_once(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"api": RUNS_LONG})
    with up(project, "--python", apps_python) as process:
        read_until(process, "ready: 1 function")
        call: list[str | Path] = [FUNCYARD, "invoke", "api", "hello", "--dir", project]
        with subprocess.Popen(call, stderr=subprocess.DEVNULL) as caller:
            read_until(process, "asleep")
            children = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(signal.SIGINT)
            read_until(process, "stopping: draining 1 invocation; Ctrl-C again ends at once")
            process.send_signal(signal.SIGINT)
            assert process.wait(_PATIENCE) == 130
            caller.wait(_PATIENCE)
    assert len(children) >= 2
    _, alive = psutil.wait_procs(children, timeout=_PATIENCE)
    assert alive == []


def test_the_last_line_says_that_all_has_ended_also_what_functions_started(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"api": STARTS_A_PROCESS})
    with Up(project, apps_python) as running:
        started = int(fetch(running.url("/api/hello")).body)
        assert psutil.pid_exists(started)
        running.process.send_signal(signal.SIGINT)
        last = running.wait_for(lambda event: event["event"] == "ended")
        assert last["data"] == {"exit": 130}
        assert [event["event"] for event in running.events[-2:]] == ["stopping", "ended"]
        assert running.process.wait(_PATIENCE) == 130

    eventually(lambda: not psutil.pid_exists(started))


def test_where_up_is_killed_functions_end_and_the_next_ends_what_it_left(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"api": STARTS_A_PROCESS})
    with Up(project, apps_python) as first:
        children = first.children()
        started = int(fetch(first.url("/api/hello")).body)
        first.process.kill()
        first.process.wait()
        assert any(child.is_running() for child in children)

        eventually(lambda: not psutil.pid_exists(started))

    with Up(project, apps_python) as second:
        again = int(fetch(second.url("/api/hello")).body)
        assert again != started
        _, alive = psutil.wait_procs(children, timeout=30)
        assert alive == []


def test_a_reader_that_goes_away_ends_the_project(tmp_path: Path, apps_python: Path) -> None:
    project = make_project(tmp_path, {"api": RUNS_LONG})
    with up(project, "--python", apps_python) as process:
        read_until(process, "ready")
        assert process.stdout is not None
        process.stdout.close()

        process.wait(_PATIENCE)
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_an_app_that_loads_for_long_is_listed_as_failed_and_does_not_hold_up_the_end(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"api": LOADS_LONG})
    with Up(project, apps_python, loaded=False) as running:
        assert running.app()["state"] == "failed"
        assert "still loading" in running.app()["reason"]
        children = running.children()
        running.process.send_signal(signal.SIGINT)
        assert running.wait_for(lambda event: event["event"] == "ended")["data"] == {"exit": 130}
    _, alive = psutil.wait_procs(children, timeout=_PATIENCE)
    assert alive == []
