"""A debugger of the platform stops in a workflow, as an editor on this machine attaches it."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.e2e.dap import Client
from tests.ports import free_ports
from tests.running_platform import Answer, RunningPlatform, eventually

CODE = """
from funcyard.workflows.sdk import param, workflow

@workflow(name="greet", execution_mode="sync", timeout_seconds=1)
@param("name", required=True)
def greet(name):
    text = f"hello {name}"
    return text
"""
_LINE = 8
_FILE = "jobs/greet.py"
_SOURCES = Path(__file__).parents[2] / "workflows"


@dataclass
class Debugged:
    """A platform that a debugger may attach to."""

    platform: RunningPlatform
    port: int

    @property
    def script(self) -> Path:
        return self.platform.folder / "global" / _FILE

    def greet(self) -> Answer:
        return self.platform.run("greet", {"name": "Ada"})


@pytest.fixture(scope="module")
def debugged() -> Iterator[Debugged]:
    root = Path(tempfile.mkdtemp(prefix="funcyard-debugged-"))
    (port,) = free_ports(1)
    settings = {"ENABLE_DEBUGGING": "true", "FUNCYARD_DEBUG_PORT": str(port)}
    with RunningPlatform(root, settings, files={_FILE: CODE}) as running:
        eventually(lambda: "debugpy listens" in str(running.said()))
        yield Debugged(running, port)
    shutil.rmtree(root, ignore_errors=True)


def test_a_breakpoint_in_a_workflow_is_hit_also_in_the_next_version(debugged: Debugged) -> None:
    assert debugged.greet().json["result"] == "hello Ada"  # a worker is there before the debugger
    with Client(debugged.port) as debugger:
        debugger.attach(debugged.script, [_LINE])
        with debugger.child() as worker:
            for _ in range(2):
                found, answer = _stopped(worker, "text", debugged.greet)
                assert (found, answer.json["result"]) == ("'hello Ada'", "hello Ada")
        debugged.platform.put(_FILE, CODE.replace("hello", "bye"))
        with debugger.child() as worker:
            found, answer = _stopped(worker, "text", debugged.greet)
            assert (found, answer.json["result"]) == ("'bye Ada'", "bye Ada")
    debugged.platform.put(_FILE, CODE)


def test_a_workflow_that_a_debugger_stopped_does_not_time_out(debugged: Debugged) -> None:
    assert debugged.greet().status == 200
    with Client(debugged.port) as debugger:
        debugger.attach(debugged.script, [_LINE])
        with debugger.child() as worker:
            _, answer = _stopped(worker, "text", debugged.greet, seconds=3)
    assert answer.json["status"] == "Success"


def test_the_platform_s_own_code_is_debugged_through_the_same_port(debugged: Debugged) -> None:
    script = _SOURCES / "functions" / "health.py"
    lines = script.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "del req" in text)
    with Client(debugged.port) as debugger:
        debugger.attach(script, [line])
        found, answer = _stopped(
            debugger, "req.method", lambda: debugged.platform.call("GET", "/health/live")
        )
    assert (found, answer.status) == ("'GET'", 200)


def test_an_editor_that_knows_nothing_of_child_processes_keeps_no_workflow_from_running(
    debugged: Debugged,
) -> None:
    with Client(debugged.port) as debugger:
        debugger.attach(debugged.script, [_LINE])
        debugged.platform.put(_FILE, CODE.replace("hello", "good day"))
        assert debugged.greet().json["result"] == "good day Ada"
    debugged.platform.put(_FILE, CODE)


def test_nothing_listens_for_a_debugger_unless_asked(free_port: int) -> None:
    root = Path(tempfile.mkdtemp(prefix="funcyard-debugged-"))
    settings = {"FUNCYARD_DEBUG_PORT": str(free_port)}
    with RunningPlatform(root, settings, files={_FILE: CODE}) as running:
        assert running.run("greet", {"name": "Ada"}).json["result"] == "hello Ada"
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", free_port)) != 0
    shutil.rmtree(root, ignore_errors=True)


def _stopped(
    debugger: Client, expression: str, call: Callable[[], Answer], *, seconds: float = 0
) -> tuple[str, Answer]:
    """Call, and return what an expression was where the debugger stopped, and the answer.

    Args:
        debugger: Attached, with a breakpoint.
        expression: Evaluated there.
        call: What leads there.
        seconds: How long it stays stopped.
    """
    answers: list[Answer] = []
    caller = threading.Thread(target=lambda: answers.append(call()))
    caller.start()
    stopped = debugger.wait_for_event("stopped")
    assert stopped["reason"] == "breakpoint"
    found = debugger.variable(stopped["threadId"], expression)
    time.sleep(seconds)
    debugger.resume(stopped["threadId"])
    caller.join()
    return found, answers[0]
