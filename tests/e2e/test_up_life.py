from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import urllib.parse
from pathlib import Path

import psutil
from tests.e2e.running import FUNCYARD, Up, eventually, fetch, make_project

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


def test_shared_code_that_local_settings_put_on_the_path_is_found_as_check_finds_it(
    tmp_path: Path, apps_python: Path
) -> None:
    shares = (
        _source("{text}").replace('"{text}"', "shared.TEXT").replace("\n", "\nimport shared\n", 1)
    )
    project = make_project(tmp_path, {"api": shares})
    (project / "libs").mkdir()
    (project / "libs" / "shared.py").write_text("TEXT = 'shared'\n", encoding="utf-8")
    settings = json.dumps({"Values": {"PYTHONPATH": "../../libs"}})
    (project / "functions" / "api" / "local.settings.json").write_text(settings, encoding="utf-8")
    with Up(project, apps_python) as up:
        assert fetch(up.url("/api/hello")).body == b"shared"


def test_a_save_that_fails_is_shown_with_its_place_and_the_last_good_code_serves(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"api": _source("good")})
    with Up(project, apps_python) as up:
        up.save(_source("bad") + "\ndef broken(:\n")
        event = up.wait_for(lambda e: e["event"] == "reload" and e["level"] == "error")
        assert event["data"] == {"file": "function_app.py", "line": 11, "kind": "SyntaxError"}
        assert fetch(up.url("/api/hello")).body == b"good"

        up.save(_source("better"))
        eventually(lambda: fetch(up.url("/api/hello")).body == b"better")


def test_an_app_that_cannot_load_is_listed_and_harms_no_other(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"bad": "import nothing_of_that_name\n", "api": _source("x")})
    with Up(project, apps_python) as up:
        assert up.app("bad")["state"] == "failed"
        assert "ModuleNotFoundError" in up.app("bad")["reason"]
        assert "function_app.py:1" in up.app("bad")["reason"]
        assert fetch(up.url("/api/hello")).body == b"x"
        assert fetch(up.url("/api/hello", "bad")).status == 503
        done = subprocess.run(
            [FUNCYARD, "invoke", "bad", "hello", "--dir", project],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr.startswith("error[not-serving]: bad failed: function_app.py:1: ")
        assert "hint: funcyard logs --app bad shows more" in done.stderr

        up.save(_source("mended"), "bad")
        eventually(lambda: fetch(up.url("/api/hello", "bad")).body == b"mended")


def test_a_worker_that_dies_is_replaced_and_the_lost_run_is_named(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"api": _source("alive", DIES)})
    with Up(project, apps_python) as up:
        assert fetch(up.url("/api/die")).status == 502
        assert fetch(up.url("/api/hello")).body == b"alive"
        up.wait_for(lambda event: event["function"] == "hello")
        died = [event for event in up.events if "exit code 3" in event["message"]]
        lost = [event for event in up.events if event["function"] == "die"]
        assert [(event["event"], event["level"]) for event in died] == [("app", "error")]
        assert [(event["event"], event["level"]) for event in lost] == [("invocation", "error")]


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


def test_what_a_killed_up_left_behind_is_ended_by_the_next(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path, {"api": _source("x")})
    with Up(project, apps_python) as first:
        children = first.children()
        first.process.kill()
        first.process.wait()
    assert any(child.is_running() for child in children)

    with Up(project, apps_python) as second:
        assert fetch(second.url("/api/hello")).body == b"x"
        _, alive = psutil.wait_procs(children, timeout=30)
        assert alive == []


def test_a_second_up_says_who_holds_the_project(tmp_path: Path, apps_python: Path) -> None:
    project = make_project(tmp_path, {"api": _source("x")})
    with Up(project, apps_python) as up:
        second = subprocess.run(
            [FUNCYARD, "up", project, "--python", apps_python], capture_output=True, text=True,
            check=False,
        )  # fmt: skip

        assert second.returncode == 1
        assert str(up.process.pid) in second.stderr
        assert "already-running" in second.stderr


def test_a_busy_port_is_replaced_and_said(tmp_path: Path, apps_python: Path) -> None:
    project = make_project(tmp_path, {"api": _source("x")})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Up(project, apps_python, environment={"API_HOST_PORT": str(port)}) as up:
            assert fetch(up.url("/api/hello")).body == b"x"
            assert not up.app()["url"].endswith(f":{port}")
            logged = subprocess.run(
                [FUNCYARD, "logs", project], capture_output=True, text=True, check=True
            ).stdout
            assert f"port {port} is busy" in logged


def test_a_port_of_one_s_own_is_taken(tmp_path: Path, apps_python: Path, free_port: int) -> None:
    project = make_project(tmp_path, {"api": _source("x")})
    with (project / ".env.local").open("a") as env:
        env.write(f"API_HOST_PORT={free_port}\n")
    with Up(project, apps_python) as up:
        assert up.app()["url"] == f"http://127.0.0.1:{free_port}"


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


def test_a_character_that_cannot_be_printed_does_not_end_the_view(
    tmp_path: Path, apps_python: Path
) -> None:
    logging = "    import logging\n    logging.info('lone \\ud800')\n    return"
    project = make_project(tmp_path, {"api": _source("x").replace("    return", logging)})
    with Up(project, apps_python) as up:
        fetch(up.url("/api/hello"))
        assert up.wait_for(lambda event: "lone" in event["message"])["message"] == "lone \ud800"
        assert up.wait_for(lambda event: event["event"] == "invocation")["data"]["ok"]


def test_state_is_private_and_ignored_by_git(tmp_path: Path, apps_python: Path) -> None:
    project = make_project(tmp_path, {"api": _source("x")})
    subprocess.run(["git", "init", "-q", project], check=True)
    with Up(project, apps_python):
        state = project / ".funcyard" / "run"
        assert state.stat().st_mode & 0o777 == 0o700
        status = subprocess.run(
            ["git", "-C", project, "status", "--porcelain", "-uall"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert ".funcyard/run" not in status


def test_the_key_is_in_no_child_s_arguments_and_no_log(tmp_path: Path, apps_python: Path) -> None:
    project = make_project(tmp_path, {"api": _source("x")})
    key = (project / ".env.local").read_text().split("=", 1)[1].strip()
    with Up(project, apps_python, environment={"FUNCYARD_TEST": "1"}) as up:
        fetch(up.url("/api/hello"))
        assert all(key not in " ".join(child.cmdline()) for child in up.children())
        logged = subprocess.run(
            [FUNCYARD, "logs", project, "--json"], capture_output=True, text=True, check=True
        ).stdout
        assert key not in logged
    assert os.environ.get("FUNCYARD_TEST") is None
