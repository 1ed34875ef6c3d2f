"""``funcyard orch rollout``: what is sent, whether it counts, and what became of the revision."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.azure_manager import APP_ID, TORN, Answer, Manager, recorded
from tests.command_line import Done
from tests.integration.orch.conftest import LATEST, REPLICA

Orch = Callable[..., Done]
_NEW = "orch-dev--0000002"
_IMAGE = f"haymaker.azurecr.io/orch@sha256:{'b' * 64}"
_APP = APP_ID.lower()
_PATCH = f"PATCH {_APP}"


def _app(manager: Manager, *, image: str = "", latest: str = _NEW, ready: str = _NEW) -> Answer:
    """The app after a change."""
    body = copy.deepcopy(manager.answers[_APP].body)
    properties = body["properties"]
    properties |= {"latestRevisionName": latest, "latestReadyRevisionName": ready}
    if image:
        properties["template"]["containers"][0]["image"] = image
    return Answer(200, body)


def _goes_on(manager: Manager, *answers: Answer) -> None:
    """Have the app told in turn: as it is when it is read and before the change, then otherwise."""
    manager.then[_APP] = [manager.answers[_APP], *answers]


def _revisions(manager: Manager, *names: str, state: str = "Running") -> Answer:
    """The revisions, the last of which is in a state."""
    former = manager.answers[f"{_APP}/revisions"].body["value"][0]
    listed = [copy.deepcopy(former) | {"name": name} for name in names]
    listed[-1]["properties"]["runningState"] = state
    return Answer(200, {"value": listed})


def _sent(manager: Manager) -> list[Any]:
    return [json.loads(body) for body in manager.sent if body]


def _events(done: Done) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in done.printed.splitlines()]
    return {line["event"]: line for line in lines}


@pytest.fixture
def taken(manager: Manager) -> Manager:
    """An app that takes a change, of which a revision comes that runs."""
    manager.answers[_PATCH] = Answer(200, manager.answers[_APP].body)
    _goes_on(manager, _app(manager, image=_IMAGE))
    path = f"{_APP}/revisions/{_NEW}/replicas"
    manager.answers[path] = Answer(200, {"value": [REPLICA]})
    manager.answers[f"{_APP}/revisions"] = _revisions(manager, LATEST, _NEW)
    return manager


def test_an_image_is_set_and_its_revision_followed_until_it_runs(
    taken: Manager, orch: Orch
) -> None:
    (container,) = taken.answers[_APP].body["properties"]["template"]["containers"]
    wanted = {**container, "image": _IMAGE}

    done = orch("rollout", "--image", _IMAGE, "--wait", "--json")

    assert done.code == 0
    assert _sent(taken) == [{"properties": {"template": {"containers": [wanted]}}}]
    told = _events(done)
    assert told["sends"]["after"] == _IMAGE
    assert told["ended"] == {
        "event": "ended",
        "revision": _NEW,
        "runs": True,
        "because": ["1 of 1 replicas are ready"],
        "rolled_back": None,
    }


@pytest.mark.usefixtures("taken")
def test_without_waiting_the_revision_is_named(orch: Orch) -> None:
    done = orch("rollout", "--image", _IMAGE)

    assert done.code == 0
    assert done.printed == f"{_NEW} is made; --wait follows it\n"


def test_what_is_forced_is_a_variable_with_the_time(taken: Manager, orch: Orch) -> None:
    orch("rollout", "--force", "--dry-run")
    done = orch("rollout", "--image", _IMAGE, "--force", "--dry-run", "--json")

    assert _sent(taken) == []
    planned = _events(done)["planned"]
    (container,) = planned["body"]["properties"]["template"]["containers"]
    assert container["env"][-1] == {"name": "FUNCYARD_ROLLOUT", "value": planned["stamp"]}


def test_the_same_digest_makes_no_revision_and_says_so(taken: Manager, orch: Orch) -> None:
    running = taken.answers[_APP].body["properties"]["template"]["containers"][0]["image"]

    done = orch("rollout", "--image", running, "--wait")
    assert done.code == 0
    assert done.printed == f"orch-dev has {running} already: no revision\n"
    assert _sent(taken) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "there is nothing to roll out"),
        (("--image", "not an image"), "not an image is no name of an image"),
        (("--force", "--container", "other"), "orch-dev has no container other"),
        (("--force", "--wait", "--timeout", "0"), "--timeout"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage(
    taken: Manager, orch: Orch, arguments: tuple[str, ...], told: str
) -> None:
    done = orch("rollout", *arguments)

    assert done.code == 2
    assert told in done.said
    assert _sent(taken) == []


def test_another_change_that_won_is_told(taken: Manager, orch: Orch) -> None:
    other = _app(taken, image="haymaker.azurecr.io/orch:theirs")
    _goes_on(taken, other)

    done = orch("rollout", "--image", _IMAGE, "--wait")
    assert done.code == 1
    assert "error[changed-meanwhile]: orch-dev was changed by somebody else" in done.said


@pytest.mark.parametrize("image", ["", "haymaker.azurecr.io/orch:theirs"])
def test_what_another_sent_meanwhile_is_not_undone(taken: Manager, orch: Orch, image: str) -> None:
    taken.then[_APP] = [_app(taken, image=image, latest=LATEST if image else _NEW)]

    done = orch("rollout", "--image", _IMAGE)
    assert done.code == 1
    assert "orch-dev was changed by somebody else meanwhile: nothing was sent" in done.said
    assert _sent(taken) == []


@pytest.mark.parametrize("status", [409, 412])
def test_another_change_that_goes_on_is_told(taken: Manager, orch: Orch, status: int) -> None:
    error = {"code": "ContainerAppOperationInProgress", "message": "An operation is in progress."}
    taken.answers[_PATCH] = Answer(status, {"error": error})

    done = orch("rollout", "--image", _IMAGE)
    assert done.code == 1
    assert "error[changed-meanwhile]: orch-dev is being changed by somebody else" in done.said


def test_a_refused_change_is_azure_s_refusal(taken: Manager, orch: Orch) -> None:
    error = {"code": "InvalidParameterValueInContainerTemplate", "message": "image is invalid"}
    taken.answers[_PATCH] = Answer(400, {"error": error})

    done = orch("rollout", "--image", _IMAGE, "--wait", "--rollback")
    assert done.code == 3
    assert "InvalidParameterValueInContainerTemplate" in done.said
    assert len(_sent(taken)) == 1


def test_an_answer_that_is_lost_is_looked_for_in_the_app(taken: Manager, orch: Orch) -> None:
    taken.answers[_PATCH] = Answer(503, {"error": {"code": "ServiceUnavailable", "message": "…"}})

    assert orch("rollout", "--image", _IMAGE, "--wait").code == 0

    taken.then[_APP] = []
    taken.answers[_APP] = recorded("container_app_get_succeeded_ingress")
    assert orch("rollout", "--image", _IMAGE, "--wait", "--timeout", "1").code == 4


def test_a_change_whose_answer_was_lost_is_waited_for_until_its_revision_is_there(
    taken: Manager, orch: Orch
) -> None:
    taken.answers[_PATCH] = Answer(504, {"error": {"code": "GatewayTimeout", "message": "…"}})
    going_on = _app(taken, image=_IMAGE, latest=LATEST, ready=LATEST)
    going_on.body["properties"]["provisioningState"] = "InProgress"
    _goes_on(taken, going_on, _app(taken, image=_IMAGE))

    done = orch("rollout", "--image", _IMAGE)

    assert done.code == 0
    assert done.printed == f"{_NEW} is made; --wait follows it\n"
    assert len(_sent(taken)) == 1


@pytest.mark.parametrize("options", [(), ("--wait",)])
def test_a_change_whose_answer_was_lost_and_that_failed_is_a_failure(
    taken: Manager, orch: Orch, options: tuple[str, ...]
) -> None:
    taken.answers[_PATCH] = Answer(504, {"error": {"code": "GatewayTimeout", "message": "…"}})
    failed = _app(taken, image=_IMAGE, latest=LATEST, ready=LATEST)
    failed.body["properties"]["provisioningState"] = "Failed"
    _goes_on(taken, failed)

    done = orch("rollout", "--image", _IMAGE, *options)

    assert done.code == 1
    assert "changing the container app orch-dev: it ended as Failed" in done.printed + done.said


def _busy(status: int = 503) -> Answer:
    """An answer that nobody can give now, and soon."""
    error = {"code": "ServerUnavailable", "message": "Later."}
    return Answer(status, {"error": error}, {"x-ms-retry-after-ms": "10"})


@pytest.mark.parametrize("lost", [_busy(), Answer(TORN, None)])
def test_a_change_that_had_no_effect_is_sent_again(
    taken: Manager, orch: Orch, lost: Answer
) -> None:
    taken.then[_PATCH] = [taken.answers[_PATCH]]
    taken.answers[_PATCH] = lost
    _goes_on(taken, taken.answers[_APP], _app(taken, image=_IMAGE))

    assert orch("rollout", "--image", _IMAGE).code == 0
    first, second = _sent(taken)
    assert first == second


def test_a_first_try_that_goes_on_after_all_is_no_change_of_somebody_else(
    taken: Manager, orch: Orch
) -> None:
    error = {"code": "ContainerAppOperationInProgress", "message": "An operation is in progress."}
    taken.then[_PATCH] = [Answer(409, {"error": error})]
    taken.answers[_PATCH] = _busy(504)
    _goes_on(taken, taken.answers[_APP], _app(taken, image=_IMAGE))

    done = orch("rollout", "--image", _IMAGE)
    assert done.code == 0
    assert done.printed == f"{_NEW} is made; --wait follows it\n"


def test_nothing_is_sent_again_over_what_somebody_else_changed(taken: Manager, orch: Orch) -> None:
    taken.answers[_PATCH] = _busy()
    _goes_on(taken, _app(taken, image="haymaker.azurecr.io/orch:theirs"))

    done = orch("rollout", "--image", _IMAGE)
    assert done.code == 1
    assert "error[changed-meanwhile]" in done.said
    assert len(_sent(taken)) == 1


def test_where_azure_is_not_reached_any_more_it_says_that_nothing_is_taken_back(
    taken: Manager, orch: Orch
) -> None:
    _goes_on(taken, Answer(503, {"error": {"code": "ServerUnavailable", "message": "Later."}}))

    done = orch("rollout", "--image", _IMAGE, "--rollback", "--timeout", "1")

    assert done.code == 4
    assert "is not taken back: funcyard orch status shows" in done.said


def test_a_revision_that_does_not_run_says_why(taken: Manager, orch: Orch) -> None:
    failed = _revisions(taken, LATEST, _NEW, state="ActivationFailed")
    taken.answers[f"{_APP}/revisions"] = failed
    taken.answers[f"{_APP}/revisions/{_NEW}/replicas"] = Answer(200, {"value": []})
    _goes_on(taken, _app(taken, image=_IMAGE, ready=LATEST))

    done = orch("rollout", "--image", _IMAGE, "--wait")
    assert done.code == 1
    assert done.printed.splitlines()[:2] == [
        f"{_NEW} does not run",
        f"  {_NEW} is ActivationFailed",
    ]
    assert len(_sent(taken)) == 1


def test_what_fails_in_single_mode_is_sent_back(taken: Manager, orch: Orch) -> None:
    back = "orch-dev--0000003"
    failed = _revisions(taken, LATEST, _NEW, state="ActivationFailed")
    (was,) = taken.answers[_APP].body["properties"]["template"]["containers"]
    empty = Answer(200, {"value": []})
    broken = _app(taken, image=_IMAGE, ready=LATEST)
    mended = _app(taken, image=was["image"], latest=back, ready=back)
    # Read after the change, three times while it fails, and twice before it is sent back.
    _goes_on(taken, broken, broken, broken, broken, broken, broken, mended)
    taken.answers[f"{_APP}/revisions"] = failed
    taken.then[f"{_APP}/revisions"] = [failed, failed, _revisions(taken, LATEST, _NEW, back)]
    taken.answers[f"{_APP}/revisions/{_NEW}/replicas"] = empty
    taken.answers[f"{_APP}/revisions/{back}/replicas"] = Answer(200, {"value": [REPLICA]})

    done = orch("rollout", "--image", _IMAGE, "--rollback", "--json")

    assert done.code == 1
    assert [one["properties"]["template"]["containers"] for one in _sent(taken)] == [
        [{**was, "image": _IMAGE}],
        [was],
    ]
    ended = _events(done)["ended"]
    assert (ended["revision"], ended["runs"]) == (_NEW, False)
    assert ended["rolled_back"]["revision"] == back
    assert ended["rolled_back"]["runs"] is True


def test_a_revision_that_came_after_it_is_left_as_it_is(taken: Manager, orch: Orch) -> None:
    theirs = _app(taken, image="haymaker.azurecr.io/orch:theirs", latest="orch-dev--0000003")
    _goes_on(taken, _app(taken, image=_IMAGE, ready=LATEST), theirs)

    done = orch("rollout", "--image", _IMAGE, "--rollback")
    assert done.code == 1
    assert done.printed.splitlines() == [
        f"{_NEW} does not run",
        "  orch-dev--0000003 came after it: somebody else changed the app",
        "next: funcyard orch status shows what runs",
    ]
    assert len(_sent(taken)) == 1


@pytest.mark.parametrize("options", [(), ("--wait",)])
def test_a_change_that_azure_took_and_that_failed_says_why(
    taken: Manager, orch: Orch, options: tuple[str, ...]
) -> None:
    base = taken.settings["AZURE_AUTHORITY_HOST"]
    status = "/subscriptions/0/providers/Microsoft.App/statuses/one"
    headers = {"azure-asyncoperation": f"{base}{status}?api-version=1", "retry-after": "0"}
    error = {"code": "ContainerAppOperationError", "message": "Failed to provision revision."}
    taken.answers[_PATCH] = Answer(202, None, headers)
    taken.answers[status.lower()] = Answer(200, {"status": "Failed", "error": error})

    done = orch("rollout", "--image", _IMAGE, *options)
    assert done.code == 1
    assert "Failed to provision revision." in done.printed + done.said


def test_a_revision_of_an_app_that_is_stopped_is_not_waited_for(taken: Manager, orch: Orch) -> None:
    stopped = _app(taken, image=_IMAGE, ready=LATEST)
    stopped.body["properties"]["runningStatus"] = "Stopped"
    _goes_on(taken, stopped)

    done = orch("rollout", "--image", _IMAGE, "--wait")
    assert done.code == 1
    assert "orch-dev is Stopped" in done.printed


def test_what_fails_in_multiple_mode_leaves_requests_where_they_are(
    taken: Manager, orch: Orch
) -> None:
    broken = _app(taken, image=_IMAGE, ready=LATEST)
    for answer in (taken.answers[_APP], broken):
        answer.body["properties"]["configuration"]["activeRevisionsMode"] = "Multiple"
    _goes_on(taken, broken)
    taken.answers[f"{_APP}/revisions"] = _revisions(taken, LATEST, _NEW, state="Failed")

    done = orch("rollout", "--image", _IMAGE, "--rollback")
    assert done.code == 1
    assert len(_sent(taken)) == 1
    assert f"funcyard orch revision deactivate {_NEW}" in done.printed


def test_a_revision_that_does_not_come_in_time_is_told_with_what_is_known(
    taken: Manager, orch: Orch
) -> None:
    _goes_on(taken, _app(taken, image=_IMAGE, ready=LATEST))
    taken.answers[f"{_APP}/revisions"] = _revisions(taken, LATEST, _NEW, state="Activating")

    done = orch("rollout", "--image", _IMAGE, "--wait", "--timeout", "2")
    assert done.code == 1
    assert done.printed.splitlines()[:3] == [
        f"{_NEW} does not run",
        f"  {_NEW} does not run within 2 seconds",
        "  it is Activating",
    ]
