from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docker import stand_in
from tests.docker.engine import docker, own_bytes
from tests.docker.stack import Stack
from tests.e2e.dap import Client
from tests.e2e.running import Answer, eventually, fetch

APP = "orchestrator"
_LIMIT = 2_000_000_000
_LISTENS = f"{5678:04X} 00000000:0000 0A"


def test_every_service_becomes_healthy_and_is_published_on_loopback_only(stack: Stack) -> None:
    for service in ("azurite", *stack.apps):
        container = stack.container(service)
        assert container["State"]["Health"]["Status"] == "healthy"
        published = [
            port for ports in container["NetworkSettings"]["Ports"].values() for port in ports
        ]
        assert {port["HostIp"] for port in published} == {"127.0.0.1"}


def test_an_app_answers_at_its_published_port(stack: Stack) -> None:
    refused = fetch(f"{stack.url('orchestrator')}/api/orchestrate", method="POST", body=b"{}")
    assert refused.status == 400
    assert "filename" in refused.body.decode()


def test_the_demo_passes_against_the_containers(stack: Stack, measured: list[str]) -> None:
    done = stack.demo()
    assert done.returncode == 0, done.stderr + "".join(map(stack.logs, stack.apps))
    report = json.loads(done.stdout)
    measured.append(f"demo in containers: {json.dumps(report.get('totals', report))[:300]}")


def test_storage_survives_a_restart_of_its_container(stack: Stack) -> None:
    stack.compose("restart", "azurite")
    stack.wait_until_healthy("azurite")
    done = stack.demo()
    assert done.returncode == 0, done.stderr
    assert "is loaded already" in done.stderr


def test_an_app_answers_again_after_its_container_restarts(
    stack: Stack, measured: list[str]
) -> None:
    container = stack.container("loader")["Id"]
    began = time.monotonic()
    docker("restart", container)
    eventually(lambda: _answers(stack.url("loader")))
    measured.append(f"an app's container restarted and answering: {time.monotonic() - began:.1f} s")
    stack.wait_until_healthy("loader")


def _answers(url: str) -> bool:
    try:
        return fetch(url).status == 200
    except OSError:
        return False


def test_images_stay_small_and_hold_no_storage_key(stack: Stack, measured: list[str]) -> None:
    for service in stack.apps:
        image = f"{stack.name}-{service}-dev"
        size = own_bytes(image, stand_in.FUNCTIONS)
        measured.append(f"{image}: {size / 1e6:.1f} MB on top of its base")
        assert size < _LIMIT
    size = own_bytes(f"{stack.name}-azurite", stand_in.AZURITE)
    measured.append(f"{stack.name}-azurite: {size / 1e6:.3f} MB on top of its base")
    env = (stack.project / ".env.local").read_text(encoding="utf-8")
    key = next(line for line in env.splitlines() if line.startswith("AZURITE_ACCOUNT_KEY="))
    saved = stack.project.with_name("images.tar")
    images = [f"{stack.name}-{service}-dev" for service in stack.apps]
    docker("save", "--output", saved, *images, f"{stack.name}-azurite")
    try:
        assert not _holds(saved, key.split("=", 1)[1].strip("'\"").encode())
        assert _holds(saved, b"data_utils/__init__.py")
    finally:
        saved.unlink()


def _holds(path: Path, wanted: bytes) -> bool:
    """Whether a file holds the bytes, also where they lie across two reads."""
    tail = b""
    with path.open("rb") as file:
        while block := file.read(1 << 24):
            if wanted in tail + block:
                return True
            tail = block[-len(wanted) :]
    return False


def test_a_breakpoint_in_app_code_is_hit_in_the_container(stack: Stack) -> None:
    stack.compose("up", "--detach", "--build", "--no-deps", APP, ENABLE_DEBUGGING="true")
    stack.wait_until_healthy(APP)
    with _debugger(stack, "announce(") as debugger:
        answers: list[Answer] = []
        url = f"{stack.url(APP)}/api/orchestrate"
        caller = threading.Thread(
            target=lambda: answers.append(fetch(url, method="POST", body=b"{}"))
        )
        caller.start()
        stopped = debugger.wait_for_event("stopped")
        assert stopped["reason"] == "breakpoint"
        assert debugger.variable(stopped["threadId"], "req.method") == "'POST'"
        debugger.resume(stopped["threadId"])
        caller.join()
        assert answers[0].status == 400


def test_an_app_that_is_told_so_waits_for_its_debugger(stack: Stack) -> None:
    waiting = {"ENABLE_DEBUGGING": "true", "DEBUG_WAIT": "true"}
    stack.compose("up", "--detach", "--build", "--no-deps", APP, **waiting)
    with _debugger(stack, "app = func.FunctionApp(") as debugger:
        stopped = debugger.wait_for_event("stopped")
        assert stack.container(APP)["State"]["Health"]["Status"] != "healthy"
        debugger.resume(stopped["threadId"])
        stack.wait_until_healthy(APP)


@contextmanager
def _debugger(stack: Stack, code: str) -> Iterator[Client]:
    """Attach as the generated editor settings do, a breakpoint at the first line with the code."""
    script = stack.project / "functions" / APP / "function_app.py"
    source = script.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(source, 1) if code in text)
    # Docker answers at the published port before debugpy does.
    container = stack.container(APP)["Id"]
    eventually(lambda: _LISTENS in docker("exec", container, "cat", "/proc/net/tcp"))
    with Client(stack.ports[f"{APP.upper()}_DEBUG_PORT"]) as debugger:
        debugger.attach(script, [line], _mappings(stack.project, APP))
        yield debugger


def _mappings(project: Path, app: str) -> list[dict[str, str]]:
    """The path mappings with which the generated editor settings attach to the app's container."""
    launch = json.loads((project / ".vscode" / "launch.json").read_text(encoding="utf-8"))
    wanted = f"Attach to {app} (container)"
    found = next(one for one in launch["configurations"] if one["name"] == wanted)
    return [
        {key: path.replace("${workspaceFolder}", str(project)) for key, path in mapping.items()}
        for mapping in found["pathMappings"]
    ]
