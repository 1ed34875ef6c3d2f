"""What runs, in one verdict, in tables, in JSON and as a picture."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.azure_manager import (
    APP_ID,
    ENVIRONMENT_ID,
    GROUP,
    SUBSCRIPTION,
    Answer,
    Manager,
    changed,
    recorded,
)
from tests.command_line import Done
from tests.integration.orch.conftest import LATEST, REPLICA

Orch = Callable[..., Done]


def test_an_app_is_shown_with_one_verdict(orch: Orch) -> None:
    done = orch("status")

    lines = [" ".join(line.split()) for line in done.printed.splitlines()]
    assert done.code == 0
    assert lines[:2] == ["orch-dev is running", f"1 of 1 replicas of {LATEST} are ready"]
    assert "profile E16 (E16): 1 of 1 to 1 nodes" in lines
    assert f"image orch-dev: haymaker.azurecr.io/orch@sha256:{'a' * 64}" in lines
    assert any(
        line.startswith(f"{LATEST} yes 50 % Provisioned Running Healthy 1") for line in lines
    )
    assert any(
        line.startswith("orch-dev--ymv5b4u-abc-1 Running orch-dev Running") for line in lines
    )


def test_json_tells_each_state_by_its_own_name(orch: Orch) -> None:
    told = json.loads(orch("status", "--json").printed)

    assert told["verdict"]["standing"] == "running"
    assert told["app"]["provisioning_state"] == "Succeeded"
    assert told["app"]["running_status"] == "Running"
    (revision,) = told["revisions"]
    assert revision["provisioning_state"] == "Provisioned"
    assert revision["running_state"] == "Running"
    assert revision["health_state"] == "Healthy"
    (replica,) = revision["replica_list"]
    assert (replica["running_state"], replica["restarts"]) == ("Running", 2)
    assert replica["containers"][0]["ready"] is True
    assert told["images"][0]["proven"] is True
    assert told["profile"] == {
        "name": "E16",
        "type": "E16",
        "minimum": 1,
        "maximum": 1,
        "current": 1,
    }
    assert told["faults"] == []


def test_values_of_variables_are_in_no_output(manager: Manager, orch: Orch) -> None:
    container = manager.answers[APP_ID.lower()].body["properties"]["template"]["containers"][0]
    container["env"] = [{"name": "PASSWORD", "value": "s3cret"}]

    assert "s3cret" not in orch("status", "--json").printed
    assert "s3cret" not in orch("status").printed


def test_a_failed_latest_revision_is_the_verdict_though_the_app_says_running(
    manager: Manager, orch: Orch
) -> None:
    listed = manager.answers[f"{APP_ID}/revisions".lower()]
    listed = changed(listed, "value.0.properties.runningState", "ActivationFailed")
    manager.answers[f"{APP_ID}/revisions".lower()] = listed
    app = manager.answers[APP_ID.lower()]
    manager.answers[APP_ID.lower()] = changed(app, "properties.latestReadyRevisionName", "")
    manager.answers[f"{APP_ID}/revisions/{LATEST}/replicas".lower()] = Answer(200, {"value": []})

    told = json.loads(orch("status", "--json").printed)
    assert told["app"]["running_status"] == "Running"
    assert told["verdict"]["standing"] == "failed"
    assert told["verdict"]["because"][0] == f"{LATEST} is ActivationFailed"


def test_what_cannot_be_read_is_told_beside_the_rest(manager: Manager, orch: Orch) -> None:
    manager.answers[ENVIRONMENT_ID.lower()] = recorded("forbidden")

    done = orch("status")
    assert done.code == 0
    assert "orch-dev is running" in done.printed
    assert "not read: reading the environment haymaker-cae" in done.said


def test_a_revision_is_named_by_its_suffix_too(orch: Orch) -> None:
    assert json.loads(orch("status", "--revision", "ymv5b4u", "--json").printed)["revisions"]

    done = orch("status", "--revision", "other")
    assert done.code == 2
    assert "error[unknown-revision]: orch-dev has no revision other" in done.said


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        ("environment_get_missing", 3, "azure-not-found"),
        ("forbidden", 3, "azure-refused"),
        ("throttled", 4, "azure-unreachable"),
    ],
)
def test_an_app_that_cannot_be_read_is_told_by_its_exit_status(
    manager: Manager, orch: Orch, answer: str, code: int, told: str
) -> None:
    manager.answers[APP_ID.lower()] = recorded(answer)
    manager.answers[APP_ID.lower()].headers["retry-after"] = "3600"

    done = orch("status", "--json")
    assert done.code == code
    assert json.loads(done.printed)["error"]["code"] == told


def test_who_names_no_app_is_told_how_to(orch: Orch) -> None:
    done = orch("status", AZURE_CONTAINER_APP_NAME="")

    assert done.code == 2
    assert "--app-name, AZURE_CONTAINER_APP_NAME, or funcyard orch config set" in done.said


def test_all_that_is_missing_to_name_an_app_is_told_at_once(orch: Orch) -> None:
    unset = ("AZURE_SUBSCRIPTION_ID", "AZURE_RESOURCE_GROUP", "AZURE_CONTAINER_APP_NAME")
    done = orch("status", **dict.fromkeys(unset, ""))

    assert done.code == 2
    assert "nothing says which subscription-id, resource-group, app-name is meant" in done.said
    assert all(f"{name}, or funcyard orch config set" in done.said for name in unset)


def test_no_local_azure_is_started(
    orch: Orch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = orch("status", "--cloud", "local", AZURE_AUTHORITY_HOST="")
    assert done.code == 2
    assert "none runs in .funcyard/azure" in done.said
    assert not (tmp_path / ".funcyard").exists()


def test_revisions_are_listed_and_drawn(manager: Manager, orch: Orch, tmp_path: Path) -> None:
    former = changed(recorded("revisions_list"), "value.1.properties.active", value=False)
    listed = manager.answers[f"{APP_ID}/revisions".lower()].body["value"]
    listed.append(former.body["value"][1])
    picture = tmp_path / "revisions.svg"

    few = orch("revisions", "--svg", str(picture))
    every = json.loads(orch("revisions", "--all", "--json").printed)

    assert [one["active"] for one in every["revisions"]] == [True, False]
    assert len(few.printed.splitlines()) == 2
    assert f"{LATEST}: Running" in picture.read_text()
    assert orch("revisions", "--svg", str(tmp_path / "no" / "where.svg")).code == 1


def test_replicas_are_listed_with_their_containers(orch: Orch) -> None:
    done = orch("replicas")
    told = json.loads(orch("replicas", "--revision", LATEST, "--json").printed)

    assert "orch-dev--ymv5b4u-abc-1" in done.printed
    (replica,) = told["replicas"]
    assert replica["revision"] == LATEST
    assert replica["containers"][0]["restart_count"] == 2
    assert orch("replicas", "--revision", "other").code == 2


def test_replicas_are_in_the_order_of_their_revisions_the_latest_first(
    manager: Manager, orch: Orch
) -> None:
    """However the names of revisions, or what Azure lists first, are ordered."""
    path = f"{APP_ID}/revisions".lower()
    (one,) = manager.answers[path].body["value"]
    made = {"orch-dev--a": "2026-11-22T07:00:00Z", "orch-dev--z": "2026-11-21T07:00:00Z"}
    others = [
        one | {"name": name, "properties": one["properties"] | {"createdTime": time}}
        for name, time in made.items()
    ]
    manager.answers[path] = Answer(200, {"value": [others[0], one, others[1]]})
    for name in made:
        listed = [REPLICA | {"name": f"{name}-{end}"} for end in ("2", "1")]
        manager.answers[f"{path}/{name}/replicas"] = Answer(200, {"value": listed})

    told = json.loads(orch("replicas", "--json").printed)["replicas"]
    assert [one["name"] for one in told] == [
        "orch-dev--ymv5b4u-abc-1",
        "orch-dev--a-1",
        "orch-dev--a-2",
        "orch-dev--z-1",
        "orch-dev--z-2",
    ]


def test_a_shell_is_offered_what_there_is_and_nothing_where_azure_does_not_tell(
    manager: Manager, orch: Orch
) -> None:
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.App"
    listed = {"value": [manager.answers[APP_ID.lower()].body]}
    manager.answers[f"{group}/containerApps".lower()] = Answer(200, listed)

    def offered(words: str, **variables: str) -> list[str]:
        given = {
            "_FUNCYARD_COMPLETE": "bash_complete",
            "COMP_WORDS": f"funcyard {words}",
            "COMP_CWORD": str(len(words.split()) + words.endswith(" ")),
        }
        lines = orch("complete", **given, **variables).printed.splitlines()
        return [line.partition(",")[2] for line in lines if line]

    assert offered("orch status --revision ") == [LATEST]
    assert offered("orch status --app-name or") == ["orch-dev"]
    assert offered("orch logs --replica ") == [f"{LATEST}-abc-1"]
    assert offered(f"orch logs --revision {LATEST} --replica other") == []
    assert offered("orch status --app-name or", AZURE_TENANT_ID="elsewhere") == []


@pytest.mark.parametrize("words", [("status",), ("health",), ("logs",), ("replicas",)])
def test_certificates_that_are_not_there_are_told_by_their_file(
    orch: Orch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    absent = tmp_path / "absent.pem"
    done = orch(*words, SSL_CERT_FILE=str(absent))
    assert done.code == 2
    assert done.said.startswith(f"error[bad-cloud]: the certificates in {absent} cannot be read")
