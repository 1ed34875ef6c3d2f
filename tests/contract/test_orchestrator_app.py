"""The orchestrator's Function App, judged by Microsoft's worker library and by its own check."""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import azure.durable_functions as df
import pytest
from azure.functions import HttpResponse
from tests.contract.conftest import ROOT
from tests.contract.discovery import corpus
from tests.forked_command import funcyard

from funcyard.orchestrator import flow

_APP = ROOT / "orchestrator"
_FUNCTIONS = {
    "haymaker_timer": "timerTrigger",
    "orchestrate_haymaker_run": "orchestrationTrigger",
    **dict.fromkeys(
        (
            flow.VALIDATE,
            flow.SELECT,
            flow.CREATE,
            flow.DEPLOY,
            flow.CHECK,
            flow.VERIFY,
            flow.FORCE,
            flow.REPORT,
        ),
        "activityTrigger",
    ),
}


@pytest.fixture(scope="module")
def indexed(official_worker: Callable[[str], Path]) -> dict[str, Any]:
    """What the official worker makes of the app, with the packages that it needs."""
    packages = sysconfig.get_path("purelib")
    done = subprocess.run(
        [official_worker(""), "-P", corpus.HERE / "side.py", "official", "v2"],
        input=f"{_APP}\n",
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), packages]),
        },
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_official_worker_finds_ten_of_ten_functions(indexed: dict[str, Any]) -> None:
    found = {
        one["name"]: binding["type"]
        for one in indexed["functions"]
        for binding in one["bindings"]
        if binding["type"].endswith("Trigger")
    }

    assert len(_FUNCTIONS) == 10
    assert found == _FUNCTIONS


def test_check_finds_ten_functions_and_nothing_to_mend(tmp_path: Path) -> None:
    options = ("--python", sys.executable, "--expect", "10", "--fail-on", "note")
    done = funcyard("check", _APP, *options, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "10 functions found: nothing to mend" in done.stdout


def test_the_library_s_own_signatures_are_those_that_the_app_calls() -> None:
    client = df.DurableOrchestrationClient

    assert {"instance_id", "client_input"} <= set(inspect.signature(client.start_new).parameters)
    assert list(inspect.signature(client.create_check_status_response).parameters) == [
        "self",
        "request",
        "instance_id",
    ]
    wanted = ("get_input", "call_activity", "task_all", "create_timer", "set_custom_status")
    assert all(hasattr(df.DurableOrchestrationContext, name) for name in wanted)
    assert not hasattr(df.DurableOrchestrationContext, "input")
    parameters = list(inspect.signature(df.DurableOrchestrationContext.call_activity).parameters)
    assert parameters[:3] == ["self", "name", "input_"]


class _Client:
    """A Durable Functions client that keeps what is started; its host is another process."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str, dict[str, Any]]] = []

    async def start_new(self, name: str, *, instance_id: str, client_input: dict[str, Any]) -> str:
        self.started.append((name, instance_id, client_input))
        return instance_id

    def create_check_status_response(self, request: None, instance_id: str) -> HttpResponse:
        del request
        address = f"https://host/runtime/webhooks/durabletask/instances/{instance_id}?code=k3y"
        return HttpResponse(status_code=202, headers={"Location": address})


async def test_the_timer_starts_a_run_under_its_id_and_logs_no_key(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    given = {
        "AZURE_SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000001",
        "AZURE_TENANT_ID": "11111111-0000-4000-8000-000000000002",
        "RESOURCE_GROUP_NAME": "haymaker",
        "CONTAINER_APPS_ENVIRONMENT": "haymaker-cae",
        "CONTAINER_IMAGE": "agent:1",
        "KEY_VAULT_URL": "https://haymaker.vault.azure.net",
        "STORAGE_ACCOUNT_NAME": "reports",
        "RUN_HOURS": "2",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    spec = importlib.util.spec_from_file_location("orchestrator_app", _APP / "function_app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (timer,) = [
        one for one in module.app.get_functions() if one.get_function_name() == "haymaker_timer"
    ]
    client = _Client()
    timer_request = type("Timer", (), {"past_due": False})()

    with caplog.at_level("INFO", logger="orchestrator"):
        await inspect.unwrap(timer.get_user_function())(timer_request, client)

    ((name, instance, started),) = client.started
    assert name == "orchestrate_haymaker_run"
    assert started["run_id"] == instance
    assert (started["hours"], started["minutes"]) == (2, 15)
    assert instance in caplog.text
    assert "k3y" not in caplog.text
