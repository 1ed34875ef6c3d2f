"""Apps while ``funcyard up`` runs them, and how those that run end with it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from tests.e2e.running import FUNCYARD, Up, eventually, fetch, make_project
from tests.ports import free_ports

HELLO = """
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="hello")
async def hello(req: func.HttpRequest) -> str:
    return "{answer}"
"""

DIES = (
    HELLO
    + """

@app.route(route="die")
def die(req: func.HttpRequest) -> str:
    import os

    os._exit(3)
"""
)

SLOW = (
    HELLO
    + """

@app.route(route="slow")
def slow(req: func.HttpRequest) -> str:
    import logging
    import pathlib
    import time

    logging.warning("slow begins")
    while not pathlib.Path("finish").exists():
        time.sleep(0.05)
    return "finished"
"""
)


def _source(answer: str, template: str = HELLO) -> str:
    return template.replace("{answer}", answer)


SHARES = _source("{text}").replace('"{text}"', "shared.TEXT").replace("\n", "\nimport shared\n", 1)
LONE = _source("x").replace(
    "    return", "    import logging\n    logging.info('lone \\ud800')\n    return"
)


@dataclass
class Ports:
    """Ports that the running project was told of.

    Attributes:
        busy: Something else listens there.
        chosen: One app's own.
        debugger: Where a debugger of an app would be listened for, had it been asked for.
    """

    busy: int
    chosen: int
    debugger: int


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield Ports(taken.getsockname()[1], *free_ports(2))


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, apps_python: Path, ports: Ports) -> Iterator[Up]:
    """A running project, on localhost, that has an app for each test that changes one."""
    project = make_project(
        tmp_path_factory.mktemp("life"),
        {
            "plain": _source("x"),
            "failing": _source("good"),
            "bad": "import nothing_of_that_name\n",
            "dying": _source("alive", DIES),
            "sharing": SHARES,
            "lone": LONE,
            "crowded": _source("x"),
            "placed": _source("x"),
        },
    )
    (project / "libs").mkdir()
    (project / "libs" / "shared.py").write_text("TEXT = 'shared'\n", encoding="utf-8")
    settings = json.dumps({"Values": {"PYTHONPATH": "../../libs"}})
    (project / "functions/sharing/local.settings.json").write_text(settings, encoding="utf-8")
    with (project / ".env.local").open("a") as env:
        env.write(f"PLACED_HOST_PORT={ports.chosen}\n")
    environment = {
        "CROWDED_HOST_PORT": str(ports.busy),
        "PLAIN_DEBUG_PORT": str(ports.debugger),
        "FUNCYARD_TEST": "1",
    }
    with Up(project, apps_python, ("--address", "localhost"), environment) as running:
        yield running


def test_localhost_is_the_loopback_address(up: Up) -> None:
    assert up.app("plain")["url"].startswith("http://127.0.0.1:")
    assert fetch(up.url("/api/hello", "plain")).body == b"x"


def test_a_save_is_served_and_no_request_fails_meanwhile(tmp_path: Path, apps_python: Path) -> None:
    project = make_project(tmp_path, {"api": _source("0")})
    with Up(project, apps_python, environment={"PYTHONDONTWRITEBYTECODE": ""}) as up:
        answers: list[tuple[int, bytes]] = []
        stop = threading.Event()

        def hammer() -> None:
            while not stop.is_set():
                answer = fetch(up.url("/api/hello"))
                answers.append((answer.status, answer.body))

        threads = [threading.Thread(target=hammer) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(1, 6):
            up.save(_source(str(number)))
            eventually(lambda: fetch(up.url("/api/hello")).body == str(number).encode())  # noqa: B023 - called at once
        stop.set()
        for thread in threads:
            thread.join()

    assert {status for status, _ in answers} == {200}
    assert {body for _, body in answers} <= {b"0", b"1", b"2", b"3", b"4", b"5"}


def test_shared_code_that_local_settings_put_on_the_path_is_found_as_check_finds_it(up: Up) -> None:
    assert fetch(up.url("/api/hello", "sharing")).body == b"shared"


def test_a_save_that_fails_is_shown_with_its_place_and_the_last_good_code_serves(up: Up) -> None:
    up.save(_source("bad") + "\ndef broken(:\n", "failing")
    event = up.wait_for(lambda e: e["event"] == "reload" and e["level"] == "error")
    assert event["app"] == "failing"
    assert event["data"] == {"file": "function_app.py", "line": 11, "kind": "SyntaxError"}
    assert fetch(up.url("/api/hello", "failing")).body == b"good"

    up.save(_source("better"), "failing")
    eventually(lambda: fetch(up.url("/api/hello", "failing")).body == b"better")


def test_an_app_that_cannot_load_is_listed_and_harms_no_other(up: Up) -> None:
    assert up.app("bad")["state"] == "failed"
    assert "ModuleNotFoundError" in up.app("bad")["reason"]
    assert "function_app.py:1" in up.app("bad")["reason"]
    assert fetch(up.url("/api/hello", "plain")).body == b"x"
    assert fetch(up.url("/api/hello", "bad")).status == 503
    done = subprocess.run(
        [FUNCYARD, "invoke", "bad", "hello", "--dir", up.root],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("error[not-serving]: bad failed: function_app.py:1: ")
    assert "hint: funcyard logs --app bad shows more" in done.stderr

    up.save(_source("mended"), "bad")
    eventually(lambda: fetch(up.url("/api/hello", "bad")).body == b"mended")


def test_a_worker_that_dies_is_replaced_and_the_lost_run_is_named(up: Up) -> None:
    assert fetch(up.url("/api/die", "dying")).status == 502
    assert fetch(up.url("/api/hello", "dying")).body == b"alive"
    up.wait_for(lambda event: (event["app"], event["function"]) == ("dying", "hello"))
    events = [event for event in up.events if event["app"] == "dying"]
    died = [event for event in events if "exit code 3" in event["message"]]
    lost = [event for event in events if event["function"] == "die"]
    assert [(event["event"], event["level"]) for event in died] == [("app", "error")]
    assert [(event["event"], event["level"]) for event in lost] == [("invocation", "error")]


def test_a_second_up_says_who_holds_the_project(up: Up, apps_python: Path) -> None:
    second = subprocess.run(
        [FUNCYARD, "up", up.root, "--python", apps_python],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert second.returncode == 1
    assert str(up.process.pid) in second.stderr
    assert "already-running" in second.stderr


def test_a_busy_port_is_replaced_and_said(up: Up, ports: Ports) -> None:
    assert fetch(up.url("/api/hello", "crowded")).body == b"x"
    assert not up.app("crowded")["url"].endswith(f":{ports.busy}")
    logged = subprocess.run(
        [FUNCYARD, "logs", up.root, "--tail", "2000"], capture_output=True, text=True, check=True
    ).stdout
    assert f"port {ports.busy} is busy" in logged


def test_a_port_of_one_s_own_is_taken(up: Up, ports: Ports) -> None:
    assert up.app("placed")["url"] == f"http://127.0.0.1:{ports.chosen}"


def test_nothing_listens_for_a_debugger_unless_asked(up: Up, ports: Ports) -> None:
    fetch(up.url("/api/hello", "plain"))
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", ports.debugger)) != 0


def test_a_character_that_cannot_be_printed_does_not_end_the_view(up: Up) -> None:
    fetch(up.url("/api/hello", "lone"))
    assert up.wait_for(lambda event: "lone" in event["message"])["message"] == "lone \ud800"
    told = up.wait_for(lambda e: (e["event"], e["app"]) == ("invocation", "lone"))
    assert told["data"]["ok"]


def test_state_is_private_and_ignored_by_git(up: Up) -> None:
    subprocess.run(["git", "init", "-q", up.root], check=True)
    state = up.root / ".funcyard" / "run"
    assert state.stat().st_mode & 0o777 == 0o700
    status = subprocess.run(
        ["git", "-C", up.root, "status", "--porcelain", "-uall"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "function_app.py" in status
    assert ".funcyard/run" not in status


def test_the_key_is_in_no_child_s_arguments_and_no_log(up: Up) -> None:
    settings = (up.root / ".env.local").read_text().splitlines()
    (key,) = (line.split("=", 1)[1] for line in settings if line.startswith("AZURITE_ACCOUNT_KEY="))
    fetch(up.url("/api/hello", "plain"))
    assert all(key not in " ".join(child.cmdline()) for child in up.children())
    logged = subprocess.run(
        [FUNCYARD, "logs", up.root, "--tail", "2000", "--json"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert logged
    assert key not in logged
    assert os.environ.get("FUNCYARD_TEST") is None


def test_ctrl_c_lets_running_functions_finish_and_leaves_no_process(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"api": _source("x", SLOW)})
    with Up(project, apps_python) as up:
        children = up.children()
        bodies: list[bytes] = []
        caller = threading.Thread(target=lambda: bodies.append(fetch(up.url("/api/slow")).body))
        caller.start()
        up.wait_for(lambda event: event["message"] == "slow begins")
        up.process.send_signal(signal.SIGINT)
        stopping = up.wait_for(lambda event: event["event"] == "stopping")
        assert stopping["data"] == {"in_flight": 1}
        (project / "functions" / "api" / "finish").touch()
        caller.join()
        assert up.process.wait(20) == 130

    assert bodies == [b"finished"]
    assert len(children) >= 2
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []


def test_a_request_that_is_not_complete_at_the_end_is_answered_without_a_traceback(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"api": _source("x", SLOW)})
    with Up(project, apps_python) as up:
        address = urllib.parse.urlsplit(up.url("/"))
        with socket.create_connection((address.hostname, address.port), timeout=30) as client:
            client.sendall(b"POST /api/slow HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n...")
            eventually(lambda: fetch(up.url("/api/hello")).status == 200)
            up.process.send_signal(signal.SIGINT)
            answer = b"".join(iter(lambda: client.recv(1000), b""))
        assert up.process.wait(30) == 130
        assert up.process.stderr is not None
        assert "Traceback" not in up.process.stderr.read()
    assert answer.startswith(b"HTTP/1.1 503")
    assert answer.endswith(b"api is stopping")


def test_invoke_logs_and_down_speak_to_the_running_project(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"api": _source("x", DIES)})
    with Up(project, apps_python) as up:

        def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [FUNCYARD, *arguments], capture_output=True, text=True, check=False, cwd=project,
                env={**os.environ, **environment},
            )  # fmt: skip

        invoked = run("invoke", "api", "hello", "--json")
        assert (invoked.returncode, json.loads(invoked.stdout)["returned"]) == (0, "x")
        assert run("invoke", "api", "nobody").returncode == 2
        assert run("invoke", "nobody", "hello").returncode == 2
        told = up.wait_for(lambda event: event["event"] == "invocation")
        assert "Executed 'Functions.hello'" in told["message"]
        logged = [json.loads(line) for line in run("logs", "--json").stdout.splitlines()]
        assert told in logged
        assert any("Executed 'Functions.hello'" in line for line in run("logs").stdout.splitlines())
        offered = run(
            _FUNCYARD_COMPLETE="bash_complete", COMP_WORDS="funcyard invoke api ", COMP_CWORD="3"
        )
        assert offered.stdout.split() == ["plain,die", "plain,hello"]
        assert run("down", "--json").returncode == 0
        assert up.process.wait(20) == 0
        assert run("down").returncode == 1
        assert run("logs").returncode == 1
