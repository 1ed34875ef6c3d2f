"""What commands do while Azure is too busy to answer: they wait, say so, and have an end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.azure_manager import APP, APP_ID, GROUP, SUBSCRIPTION, TORN, Answer, Manager
from tests.command_line import Done
from tests.forked_command import funcyard as apart
from tests.integration.orch.conftest import LATEST
from tests.unit.preflight.image.registry import manifest, registry

Orch = Callable[..., Done]
_APP = APP_ID.lower()
_SOON = {"x-ms-retry-after-ms": "10"}


def _busy(status: int, headers: dict[str, str]) -> Answer:
    return Answer(status, {"error": {"code": "Busy", "message": "Come again."}}, headers)


def _first(manager: Manager, path: str, *busy: Answer) -> None:
    """Have a path answered by others before its own answer."""
    *answers, manager.then[path] = *busy, [*busy[1:], manager.answers[path]]
    manager.answers[path] = answers[0]


def test_a_read_that_is_throttled_waits_says_so_and_goes_on(manager: Manager, orch: Orch) -> None:
    _first(manager, _APP, _busy(429, {"retry-after": "2"}))

    done = orch("status", "--json")

    assert done.code == 0
    assert json.loads(done.printed)["verdict"]["standing"] == "running"
    assert done.said == "Azure is asked too often (429): asking again in 3 seconds\n"


@pytest.mark.parametrize("arguments", [("revisions",), ("replicas",), ("capacity",), ("health",)])
def test_what_does_not_answer_for_the_moment_is_asked_again(
    manager: Manager, orch: Orch, arguments: tuple[str, ...]
) -> None:
    _first(manager, _APP, _busy(503, _SOON), _busy(500, _SOON))
    _first(manager, f"{_APP}/revisions", _busy(429, _SOON))

    done = orch(*arguments, "--json")

    assert done.code in {0, 1}  # the app of these tests may be judged not to be well
    assert "error" not in json.loads(done.printed)
    assert done.said == ""


def test_a_wait_that_is_longer_than_the_budget_is_not_begun(manager: Manager, orch: Orch) -> None:
    manager.answers[_APP] = _busy(429, {"retry-after": "90"})

    done = orch("replicas")

    assert done.code == 4
    assert "error[azure-unreachable]: reading the container app orch-dev" in done.said
    assert "try again in 90 seconds" in done.said


def test_a_timeout_bounds_the_waiting_too(manager: Manager, orch: Orch) -> None:
    manager.answers[_APP] = _busy(429, {"retry-after": "20"})

    done = orch("health", "--timeout", "10")

    assert done.code == 4
    assert "try again in 20 seconds" in done.said


def test_a_registry_that_is_busy_is_asked_again_for_the_digest(
    manager: Manager, orch: Orch, tmp_path: Path
) -> None:
    with registry(tmp_path / "server.pem") as served:
        digest = served.push("team/api:1", manifest("a"))
        served.busy = [(503, {"retry-after": "1"}), None, (429, _SOON)]
        image = f"{served.name}/team/api"

        done = orch("rollout", "--image", f"{image}:1", "--dry-run", "--json")

        (planned,) = map(json.loads, done.printed.splitlines())
        assert planned["after"] == f"{image}@{digest}"
        told = f"{served.name} does not answer for the moment (503): asking again in 2 seconds\n"
        assert done.said == told

        served.busy = [(429, {"retry-after": "90"})]
        done = orch("rollout", "--image", f"{image}:1", "--dry-run")

    assert done.code == 1
    assert f"{served.name} answers 429: try again in 90 seconds" in done.said
    assert not any(one.startswith("PATCH") for one in manager.asked)


def test_images_of_a_busy_registry_are_resolved_where_it_is_so_for_a_moment(
    manager: Manager, orch: Orch, tmp_path: Path
) -> None:
    with registry(tmp_path / "server.pem") as served:
        digest = served.push("team/api:1", manifest("a"))
        container = manager.answers[_APP].body["properties"]["template"]["containers"][0]
        container["image"] = f"{served.name}/team/api:1"
        served.busy = [(503, _SOON)]
        (image,) = json.loads(orch("status", "--json").printed)["images"]
        assert image["digest"] == digest

        served.busy = [(503, _SOON)]
        done = orch("health", "--built", f"{served.name}/team/api:1", "--json")
        checks = {one["check"]: one for one in json.loads(done.printed)["checks"]}

    assert digest in json.dumps(checks["image"])


def _switched(manager: Manager, action: str, *answers: Answer) -> str:
    """Have a revision be there, and a change of it be answered so, one time after another."""
    revision = manager.answers[f"{_APP}/revisions"].body["value"][0]
    revision["properties"]["active"] = action == "activate"
    manager.answers[f"{_APP}/revisions/{LATEST}"] = Answer(200, revision)
    if action == "deactivate":
        manager.answers[f"{_APP}/revisions/{LATEST}/replicas"] = Answer(200, {"value": []})
    path = f"POST {_APP}/revisions/{LATEST}/{action}"
    manager.answers[path], *manager.then[path] = answers
    return path


def _times(manager: Manager, path: str) -> int:
    return sum(one.lower().startswith(path.lower()) for one in manager.asked)


@pytest.mark.parametrize("lost", [_busy(503, _SOON), Answer(TORN, None)])
def test_a_restart_is_sent_again_only_where_it_surely_had_no_effect(
    manager: Manager, orch: Orch, lost: Answer
) -> None:
    path = _switched(manager, "restart", _busy(429, _SOON), lost)

    done = orch("revision", "restart", LATEST)

    assert done.code == 4
    assert _times(manager, path) == 2
    assert "it may have been taken on all the same: funcyard orch replicas shows" in done.said


@pytest.mark.parametrize("action", ["activate", "deactivate"])
@pytest.mark.parametrize("lost", [_busy(503, _SOON), Answer(TORN, None)])
def test_a_revision_is_switched_again_where_the_answer_was_lost(
    manager: Manager, orch: Orch, action: str, lost: Answer
) -> None:
    path = _switched(manager, action, lost, Answer(200, None))

    assert orch("revision", action, LATEST).code == 0
    assert _times(manager, path) == 2


def test_a_switch_that_goes_on_after_all_is_followed(manager: Manager, orch: Orch) -> None:
    error = {"code": "ContainerAppOperationInProgress", "message": "An operation is in progress."}
    path = _switched(manager, "deactivate", _busy(504, _SOON), Answer(409, {"error": error}))

    assert orch("revision", "deactivate", LATEST).code == 0
    assert _times(manager, path) == 2


def test_a_switch_that_is_refused_at_once_is_a_refusal(manager: Manager, orch: Orch) -> None:
    error = {"code": "ContainerAppOperationInProgress", "message": "An operation is in progress."}
    _switched(manager, "deactivate", Answer(409, {"error": error}))

    assert orch("revision", "deactivate", LATEST).code == 3


@pytest.mark.parametrize(("action", "status"), [("deactivate", 503), ("restart", 429)])
def test_a_switch_of_an_azure_that_stays_busy_ends(
    manager: Manager, orch: Orch, action: str, status: int
) -> None:
    _switched(manager, action, _busy(status, {"retry-after": "90"}))

    done = orch("revision", action, LATEST)

    assert done.code == 4
    assert "try again in 90 seconds" in done.said


@pytest.mark.parametrize(
    ("action", "mute", "waited_for"),
    [
        ("deactivate", "", f"the change of {LATEST} to be taken on"),
        ("restart", "", f"the change of {LATEST} to be taken on"),
        ("activate", _APP, f"the revisions of {APP}"),
    ],
)
def test_a_switch_that_azure_does_not_answer_is_not_waited_for_longer_than_the_rest(
    manager: Manager, tmp_path: Path, action: str, mute: str, waited_for: str
) -> None:
    """In a process of its own: what broke off in the middle closes with it."""
    path = _switched(manager, action, Answer(200, None))
    manager.answers[mute or path].after = 20

    done = apart(
        *("orch", "revision", action, LATEST, "--timeout", "1", "--app-name", APP),
        *("--subscription-id", SUBSCRIPTION, "--resource-group", GROUP),
        cwd=tmp_path,
        **manager.settings,
    )

    assert done.returncode == 4
    assert f"{waited_for}: no answer within 1 seconds" in done.stderr
