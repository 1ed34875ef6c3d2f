"""What ``funcyard orch health`` prints, of an app as Microsoft's service described one."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.azure_manager import APP, APP_ID, GROUP, SUBSCRIPTION, Answer, Manager
from tests.command_line import Done
from tests.forked_command import command
from tests.forking import Forked
from tests.integration.emulator import containerapps as apps

Orch = Callable[..., Done]

_APP = """\
import azure.functions as func

app = func.FunctionApp()


@app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
def nightly(timer: func.TimerRequest) -> None:
    pass
"""


def _checks(done: Done) -> dict[str, dict[str, object]]:
    return {one["check"]: one for one in json.loads(done.printed)["checks"]}


def test_checks_are_told_in_their_order_and_what_nobody_told_is_a_warning(orch: Orch) -> None:
    done = orch("health", "--json", "--timeout", "5")
    document = json.loads(done.printed)
    assert document["app"] == "orch-dev"
    assert [one["check"] for one in document["checks"]] == [
        "app",
        "changes",
        "revisions",
        "image",
        "capacity",
        "replicas",
        "probes",
        "endpoint",
    ]
    checks = _checks(done)
    assert checks["app"]["outcome"] == "pass"
    assert checks["replicas"]["outcome"] == "pass"
    assert checks["image"]["message"] == "haymaker.azurecr.io/orch by its digest"
    assert checks["changes"]["outcome"] == "warn"
    assert str(checks["changes"]["message"]).startswith("not known: reading the activity log")
    assert "--max-nodes 2" in str(checks["capacity"]["next"])
    assert done.code == (0 if document["healthy"] else 1)


def test_the_cause_comes_last_with_what_to_do(orch: Orch, manager: Manager) -> None:
    manager.answers[APP_ID.lower()].body["properties"]["runningStatus"] = "Stopped"
    done = orch("health", "--timeout", "5")
    lines = done.printed.splitlines()
    assert done.code == 1
    assert lines[0].startswith("fail  app        orch-dev is Stopped: it was stopped")
    assert "cause: app: orch-dev is Stopped: it was stopped, and nothing of it runs" in lines
    assert lines[-1].startswith("next:  az containerapp start -g ")


def test_the_next_command_is_about_the_app_that_options_named(orch: Orch, manager: Manager) -> None:
    manager.answers[APP_ID.lower()].body["properties"]["provisioningState"] = "InProgress"
    done = orch("health", "--json", "--timeout", "5", "--app-name", "orch-dev")
    assert _checks(done)["app"]["next"] == "funcyard orch status --app-name orch-dev"


def test_an_app_that_is_not_there_is_the_cause(orch: Orch, manager: Manager) -> None:
    manager.answers[APP_ID.lower()] = Answer(404, {"error": {"code": "ResourceNotFound"}})
    done = orch("health", "--json", "--timeout", "5")
    cause = json.loads(done.printed)["cause"]
    assert done.code == 1
    assert (cause["check"], "there is no container app" in cause["message"]) == ("app", True)
    assert _checks(done)["replicas"]["outcome"] == "skip"


@pytest.mark.parametrize(
    ("code", "told", "look"),
    [
        ("ResourceGroupNotFound", "there is no resource group ", "az group list --subscription "),
        ("SubscriptionNotFound", "there is no subscription ", "az account list -o table"),
    ],
)
def test_what_is_missing_around_the_app_is_named(
    orch: Orch, manager: Manager, code: str, told: str, look: str
) -> None:
    error = {"code": code, "message": "It could not be found."}
    manager.answers[APP_ID.lower()] = Answer(404, {"error": error})
    done = orch("health", "--json", "--timeout", "5")
    cause = json.loads(done.printed)["cause"]
    assert done.code == 1
    assert cause["message"].startswith(told)
    assert cause["next"].startswith(look)


@pytest.mark.parametrize(("status", "code"), [(403, 3), (503, 4)])
def test_an_app_that_cannot_be_read_is_judged_in_no_way(
    orch: Orch, manager: Manager, status: int, code: int
) -> None:
    manager.answers[APP_ID.lower()] = Answer(status, {"error": {"code": "No", "message": "no"}})
    done = orch("health", "--json", "--timeout", "1")
    assert done.code == code
    fault = json.loads(done.printed)["error"]
    assert fault["message"].startswith("reading the container app orch-dev")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--expect", " , "), "neither a number nor names"),
        (("--expect", "-1"), "'-1' is no name of a function"),
        (("--expect", "load,a b"), "'a b' is no name of a function"),
        (("--expect", "2", "--project", "."), "give one of them"),
        (("--timeout", "0"), "0.0 is not in the range"),
        (("--timeout", "inf"), "inf"),
        (("--timeout", "nan"), "nan is no number"),
        (("--timeout", "1e300"), "is not in the range"),
        (("--project", "nowhere"), "does not exist"),
        (("--built", "nonsense:::"), "'nonsense:::' is no name of an image"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage(
    orch: Orch, manager: Manager, words: tuple[str, ...], told: str
) -> None:
    done = orch("health", *words)
    assert done.code == 2
    assert told in done.said
    assert done.printed == ""
    assert manager.asked == []


def test_a_project_says_which_functions_there_should_be(orch: Orch, tmp_path: Path) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "host.json").write_text('{"version": "2.0"}')
    (folder / "function_app.py").write_text(_APP)
    own = ("--project", str(folder), "--python", sys.executable)
    done = orch("health", "--json", "--timeout", "5", *own)
    assert done.code == 1, done.printed
    checks = _checks(done)
    assert checks["settings"]["outcome"] == "fail"
    assert "AzureWebJobsStorage is missing" in str(checks["settings"]["message"])
    assert checks["functions"]["outcome"] == "warn"
    (folder / "function_app.py").write_text("raise RuntimeError('no')")
    done = orch("health", *own)
    assert done.code == 2
    assert "cannot be loaded, so nobody knows what it should have" in done.said


def test_what_is_watched_is_told_line_by_line_until_somebody_interrupts(
    manager: Manager, tmp_path: Path
) -> None:
    out = tmp_path / "watched.out"
    out.touch()
    named = {
        "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION,
        "AZURE_RESOURCE_GROUP": GROUP,
        "AZURE_CONTAINER_APP_NAME": APP,
    }
    watching = Forked(
        command("orch", "health", "--watch", "--json", "--interval", "0.2", "--timeout", "1"),
        streams=(Path(os.devnull), out, tmp_path / "watched.err"),
        cwd=tmp_path,
        environment={**os.environ, **manager.settings, **named},
    )
    try:
        (first,) = apps.until(lambda: out.read_text().splitlines(), lambda lines: len(lines) == 1)
        assert json.loads(first)["checks"][0]["outcome"] == "pass"
        manager.answers[APP_ID.lower()].body["properties"]["runningStatus"] = "Stopped"
        lines = apps.until(lambda: out.read_text().splitlines(), lambda lines: len(lines) > 1)
        assert json.loads(lines[-1])["cause"]["check"] == "app"
        os.kill(watching.pid, signal.SIGINT)
        assert watching.wait(apps.PATIENCE) == 130
    finally:
        watching.kill()
