"""What settings of the app open and close: Static Web Apps' header, and endpoints without keys."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from tests.running_platform import FUNCYARD, RunningPlatform, eventually

_APP = Path(__file__).parents[2] / "workflows"

_CODE = """
from funcyard.workflows.sdk import workflow

@workflow(name="open", endpoint_enabled=True, public_endpoint=True, allowed_methods=["GET"])
def anybody():
    return "open"

@workflow(name="closed", endpoint_enabled=True)
def closed():
    return "closed"

@workflow(name="own", endpoint_enabled=True, disable_global_key=True)
def own():
    return "own"

@workflow(name="memory", endpoint_enabled=True, public_endpoint=True, allowed_methods=["GET"])
def memory():
    import resource

    return resource.getrlimit(resource.RLIMIT_AS)[0]

@workflow(name="none")
def none():
    return "none"

@workflow(name="fails", endpoint_enabled=True)
def fails():
    raise ValueError("no")
"""

_FORGING = """
import http.client

from funcyard.workflows.sdk import param, workflow

@workflow(name="forging", endpoint_enabled=True, public_endpoint=True)
@param("port", type="int", required=True)
@param("principal", type="json", required=True)
def forging(port, principal):
    statuses = []
    own = "/api/workspace/files/forging.py"
    for method, path in (("GET", "/api/organizations"), ("DELETE", own)):
        platform = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        platform.request(method, path, headers=principal)
        statuses.append(platform.getresponse().status)
        platform.close()
    return statuses
"""


def _principal(*roles: str) -> dict[str, str]:
    told = {"identityProvider": "aad", "userId": "ann", "userRoles": ["authenticated", *roles]}
    return {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(json.dumps(told).encode()).decode()}


@pytest.fixture(scope="module")
def running() -> Iterator[RunningPlatform]:
    root = Path(tempfile.mkdtemp(prefix="funcyard-settings-"))
    settings = {
        "FUNCYARD_AUTH": "swa",
        "FUNCYARD_SWA_EMULATOR": "true",
        "FUNCYARD_PUBLIC_ENDPOINTS": "true",
        "FUNCYARD_WORKER_MEMORY_MB": "900",
    }
    with RunningPlatform(root, settings, files={"all.py": _CODE}) as made:
        yield made
    shutil.rmtree(root, ignore_errors=True)


def test_the_principal_of_static_web_apps_tells_who_calls(running: RunningPlatform) -> None:
    admin = _principal("PlatformAdmin")
    assert running.call("GET", "/workspace/status", headers=admin).status == 200
    assert running.call("GET", "/workspace/status", headers=_principal()).status == 403
    assert running.call("GET", "/workspace/status").status == 401
    assert running.call("GET", "/workspace/status", token="t").status == 401  # noqa: S106
    large = {"X-MS-CLIENT-PRINCIPAL": "e" * 20_000}
    assert running.call("GET", "/workspace/status", headers=large).status == 401


def test_a_workflow_that_writes_the_principal_itself_is_nobody(tmp_path: Path) -> None:
    settings = {"FUNCYARD_AUTH": "swa", "FUNCYARD_PUBLIC_ENDPOINTS": "true"}
    with RunningPlatform(tmp_path / "p", settings, files={"forging.py": _FORGING}) as running:
        given = {"port": running.port, "principal": _principal("PlatformAdmin")}
        answer = running.call("POST", "/endpoints/forging", given)
    assert (answer.status, answer.json) == (200, [401, 401])


def test_only_what_is_declared_public_is_open(running: RunningPlatform) -> None:
    answer = running.call("GET", "/endpoints/open")
    assert (answer.status, answer.json) == (200, "open")
    assert running.call("POST", "/endpoints/open").status == 405
    assert running.call("POST", "/endpoints/closed").status == 401
    for name in ("none", "nothing"):
        assert running.call("POST", f"/endpoints/{name}").status == 404
    for organisation in ("acme", "../x", ""):
        elsewhere = running.call("GET", "/endpoints/open", organization=organisation)
        assert elsewhere.status == 404


def test_workers_take_no_more_memory_than_is_said(running: RunningPlatform) -> None:
    assert running.call("GET", "/endpoints/memory").json == 900 << 20


def test_a_key_for_all_endpoints_does_not_open_those_that_ask_for_their_own(
    running: RunningPlatform,
) -> None:
    admin = _principal("PlatformAdmin")
    every = running.call("POST", "/workflow-keys", {}, headers=admin).json["key"]
    own = running.call("POST", "/workflow-keys", {"workflow": "own"}, headers=admin).json["key"]
    outcomes = {
        (name, key): running.call("POST", f"/endpoints/{name}", headers={"X-Workflow-Key": key})
        for name in ("closed", "own")
        for key in (every, own)
    }
    assert {one: answer.status for one, answer in outcomes.items()} == {
        ("closed", every): 200,
        ("closed", own): 401,
        ("own", every): 401,
        ("own", own): 200,
    }
    failed = running.call("POST", "/endpoints/fails", headers={"X-Workflow-Key": every})
    assert (failed.status, failed.json["error"]) == (500, "WorkflowFailed")
    assert b"ValueError" not in failed.body


def test_the_round_that_clears_away_runs_in_the_app_and_leaves_what_is_kept(
    running: RunningPlatform,
) -> None:
    admin = _principal("PlatformAdmin")
    asked = {"mode": "sync"}
    done = running.call("POST", "/workflows/none/executions", asked, headers=admin).json
    connection = HTTPConnection("127.0.0.1", running.port, timeout=60)
    connection.request("POST", "/admin/functions/clear_away", b"{}")
    assert connection.getresponse().status == 202
    connection.close()
    eventually(
        lambda: any("clear_away' (Succeeded" in one.get("message", "") for one in running.said())
    )
    kept = running.call("GET", f"/executions/{done['executionId']}", headers=admin)
    assert kept.json["status"] == "Success"


def test_the_app_answers_nobody_without_knowing_how_to_tell_callers() -> None:
    variables = {**os.environ, "FUNCYARD_AUTH": "anybody"}
    command: list[str | Path] = [
        FUNCYARD,
        "host",
        "--port",
        "0",
        "--json",
        "--python",
        sys.executable,
        _APP,
    ]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        url = json.loads(host.stdout.readline())["apps"][0]["url"]
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{url}/api/workspace/status")
        body = refused.value.read()
        assert (refused.value.code, json.loads(body)["error"]) == (503, "NotConfigured")
        assert "log" in json.loads(body)["details"]["hint"]
        assert b"anybody" not in body
        with urlopen(f"{url}/api/health/live") as alive:
            assert alive.status == 200
        host.terminate()
        said = host.stdout.read()
    assert "FUNCYARD_AUTH is 'anybody'" in said  # the log says it, to whoever may read that
