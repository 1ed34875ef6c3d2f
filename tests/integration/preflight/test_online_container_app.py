"""A deployed container app, named by its resource id: judged as Azure describes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.azure_manager import (
    APP_ID,
    ENVIRONMENT_ID,
    Answer,
    Manager,
    app_answer,
    changed,
    container_app,
    e16,
    managing,
    recorded,
)
from tests.integration.preflight.checking import GOOD, Checked, check, write_app
from tests.unit.deployed.site import host, serving
from tests.unit.preflight.image.registry import manifest, registry

TIMER = """

@app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
def tick(timer: func.TimerRequest) -> None:
    return None
"""
HTTP = {"rules": [{"name": "http", "http": {"metadata": {"concurrentRequests": "10"}}}]}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write_app(tmp_path / "api")


def _check(
    app: Path, manager: Manager, python: Path, *options: str, target: str = APP_ID
) -> Checked:
    fixed = ("--json", "--ignore", "workstation", "--ignore", "deployed-tag-unproven")
    return check(app, *fixed, "--python", python, "--online", target, *options, **manager.settings)


def test_the_profile_of_one_node_is_the_first_finding(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    with managing(tmp_path, e16(most=1)) as manager:
        done = _check(app, manager, apps_python, target=APP_ID.upper())

    first = done.document["findings"][0]
    assert done.status == 1
    assert (first["rule"], first["severity"]) == ("workload-profile-too-small", "error")
    assert (first["file"], first["line"]) == ("", 0)
    assert "need 2 nodes, and maximumCount is 1 (as it is deployed)" in first["message"]
    assert first["evidence"].splitlines() == [
        "managedEnvironments/haymaker-cae: workloadProfiles[1].maximumCount = 1",
        "workloadProfileStates/E16: currentCount = 1",
        "revisions/orch-dev--ymv5b4u: replicas = 1",
    ]
    assert first["next"] == (
        "az containerapp env workload-profile update -g haymaker-dev -n haymaker-cae"
        " --workload-profile-name E16 --max-nodes 2"
    )


def test_two_nodes_are_enough(app: Path, apps_python: Path, tmp_path: Path) -> None:
    with managing(tmp_path, e16(most=2)) as manager:
        done = _check(app, manager, apps_python)

    assert (done.status, done.rules) == (0, [])


def test_an_app_as_it_was_recorded_has_no_fault_but_its_moving_tag(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    with managing(tmp_path, container_app()) as manager:
        assert _check(app, manager, apps_python).rules == []
        named = changed(
            app_answer(),
            "properties.template.containers.0.image",
            "haymaker.azurecr.io/api:latest",
        )
        manager.answers.update(container_app(app=named))
        done = _check(app, manager, apps_python)

    assert (done.status, done.rules) == (0, ["image-tag-latest"])
    assert done.document["findings"][0]["evidence"] == (
        "containerApps/orch-dev: template.containers[0].image = 'haymaker.azurecr.io/api:latest'"
    )


def test_port_and_replicas_are_judged_as_deployed(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    write_app(
        app, GOOD + TIMER, Dockerfile="FROM mcr.microsoft.com/azure-functions/python:4-python3.11\n"
    )
    deployed = e16(most=2)[APP_ID.lower()]
    deployed = changed(deployed, "properties.configuration.ingress.targetPort", 8080)
    deployed = changed(
        deployed, "properties.template.containers.0.env", [{"name": "A", "value": "pa55word"}]
    )
    deployed = changed(deployed, "properties.template.scale", HTTP)
    with managing(tmp_path, {**e16(most=2), APP_ID.lower(): deployed}) as manager:
        done = _check(app, manager, apps_python, "--only", "image", "--only", "capacity")
        whole = _check(app, manager, apps_python)

    assert done.rules == ["port-mismatch", "min-replicas-zero-with-non-http-trigger"]
    assert done.document["findings"][0]["evidence"] == (
        "containerApps/orch-dev: configuration.ingress.targetPort = 8080"
    )
    assert "app-setting-missing" in whole.rules
    assert "pa55word" not in whole.output


def test_what_a_deployed_tag_means_now_is_told_and_not_taken_for_what_runs(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    with managing(tmp_path, {}) as manager, registry() as served:
        digest = served.push("team/api:1", manifest("a"))
        image = f"{served.name}/team/api:1"
        named = changed(app_answer(), "properties.template.containers.0.image", image)
        manager.answers = container_app(app=named)
        asked = ("--json", "--only", "image", "--online", APP_ID, "--python", apps_python)
        done = check(app, *asked, **manager.settings)

    (finding,) = done.document["findings"]
    assert (done.status, finding["rule"]) == (0, "deployed-tag-unproven")
    assert finding["severity"] == "note"
    assert f"which means {digest} now; which image it was" in finding["message"]
    assert finding["next"] == f"deploy {served.name}/team/api@{digest}"


def test_an_azure_and_a_registry_that_are_busy_are_waited_for_and_that_is_told(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    with managing(tmp_path, {}) as manager, registry() as served:
        digest = served.push("team/api:1", manifest("a"))
        soon = {"retry-after": "1"}
        served.busy = [(503, soon)]
        named = changed(
            app_answer(), "properties.template.containers.0.image", f"{served.name}/team/api:1"
        )
        manager.answers = container_app(app=named)
        path = APP_ID.lower()
        manager.then[path] = [manager.answers[path]]
        manager.answers[path] = Answer(429, {"error": {"code": "TooManyRequests"}}, soon)
        asked = ("--json", "--only", "image", "--online", APP_ID, "--python", apps_python)
        done = check(app, *asked, **manager.settings)

    assert (done.status, done.rules) == (0, ["deployed-tag-unproven"])
    assert f"which means {digest} now" in done.output
    assert done.errors.splitlines() == [
        "Azure is asked too often (429): asking again in 2 seconds",
        f"{served.name} does not answer for the moment (503): asking again in 2 seconds",
    ]


def test_a_deployed_digest_that_its_tag_does_not_name_any_more_is_told(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    with managing(tmp_path, {}) as manager, registry() as served:
        old = served.push("team/api:1", manifest("old"))
        served.push("team/api:1", manifest("new"))
        image = f"{served.name}/team/api:1@{old}"
        named = changed(app_answer(), "properties.template.containers.0.image", image)
        manager.answers = container_app(app=named)
        done = _check(app, manager, apps_python)

    assert done.rules == ["image-tag-moved"]


def test_a_rule_that_is_named_asks_registries_without_a_deployed_app(
    app: Path, apps_python: Path
) -> None:
    with registry() as served:
        old = served.push("team/api:1", manifest("old"))
        served.push("team/api:1", manifest("new"))
        pinned = f"FROM {served.name}/team/api:1@{old}\n"
        write_app(app, Dockerfile=pinned)
        plain = check(app, "--json", "--python", apps_python, "--only", "image")
        named = check(app, "--json", "--python", apps_python, "--only", "image-tag-moved")

    assert plain.rules == []
    assert named.rules == ["image-tag-moved"]


def test_a_revision_that_is_not_ready_is_told_after_its_cause(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    answers = e16(most=1)
    stuck = changed(answers[APP_ID.lower()], "properties.latestRevisionName", "orch-dev--new")
    revisions = answers[f"{APP_ID}/revisions".lower()]
    failed = json.loads(json.dumps(revisions.body["value"][0]))
    failed["name"] = "orch-dev--new"
    failed["properties"] |= {"replicas": 0, "runningState": "Failed", "healthState": "Unhealthy"}
    listed = Answer(200, {"value": [failed, *revisions.body["value"]]})
    answers |= {APP_ID.lower(): stuck, f"{APP_ID}/revisions".lower(): listed}
    with managing(tmp_path, answers) as manager:
        done = _check(app, manager, apps_python)

    assert done.rules == ["workload-profile-too-small", "revision-not-ready"]
    first, last = done.document["findings"]
    assert "need 2 nodes" in first["message"]
    assert "orch-dev--ymv5b4u goes on running" in last["message"]
    assert "runningState = 'Failed'" in last["evidence"]


def test_a_revision_that_is_starting_is_a_warning(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    starting = recorded("container_app_get_succeeded_latest_revision_not_ready")
    with managing(tmp_path, container_app(app=starting)) as manager:
        done = _check(app, manager, apps_python)

    told = [(one["rule"], one["severity"]) for one in done.document["findings"]]
    assert ("revision-not-ready", "warning") in told
    assert done.status == 0


def test_the_address_that_azure_tells_is_asked_for_functions(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    with managing(tmp_path, {}) as manager:
        served = serving(host("other"), key="sesame", certificate=tmp_path / "server.pem")
        with served as site:
            manager.answers = e16(most=2, host=site.url.removeprefix("https://"))
            manager.settings["FUNCYARD_MASTER_KEY"] = "sesame"
            done = _check(app, manager, apps_python)

    assert (done.status, done.rules) == (1, ["deployed-functions-differ"])
    assert done.document["findings"][0]["evidence"] == "missing there: hello\nonly there: other"


@pytest.mark.parametrize(
    ("name", "status", "rule", "advice"),
    [
        ("environment_get_missing", 3, "azure-refuses", "az containerapp list -g haymaker-dev"),
        ("group_missing", 3, "azure-refuses", "az group list"),
        ("forbidden", 3, "azure-refuses", "the role Reader"),
        ("throttled", 4, "azure-unreachable", "try again in 3600 seconds"),
    ],
)
def test_what_azure_does_not_tell_is_a_finding_and_the_exit_status(
    app: Path, apps_python: Path, tmp_path: Path, name: str, status: int, rule: str, advice: str
) -> None:
    refusal = recorded(name)
    refusal.headers["Retry-After"] = "3600"  # longer than anybody would wait here
    with managing(tmp_path, container_app(app=refusal)) as manager:
        done = _check(app, manager, apps_python)

    assert (done.status, done.rules) == (status, [rule])
    (finding,) = done.document["findings"]
    assert finding["evidence"] == APP_ID
    assert advice in finding["next"]


def test_without_the_environment_the_rest_is_judged(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    answers = {**e16(most=1), ENVIRONMENT_ID.lower(): recorded("forbidden")}
    with managing(tmp_path, answers) as manager:
        done = _check(app, manager, apps_python)

    assert (done.status, done.rules) == (0, ["azure-refuses"])
    assert done.document["findings"][0]["severity"] == "warning"


def test_nobody_signed_in_is_told_with_what_to_do(
    app: Path, apps_python: Path, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "az").write_text(
        "#!/bin/sh\necho \"ERROR: Please run 'az login' to setup account.\" >&2\nexit 1\n"
    )
    (programs / "az").chmod(0o755)
    path = {"PATH": f"{programs}:/usr/bin:/bin"}
    given = ("--json", "--python", apps_python, "--online", APP_ID, "--only", "azure-refuses")
    done = check(app, *given, **path, AZURE_CLIENT_SECRET="", AZURE_TENANT_ID="")

    assert (done.status, done.rules) == (3, ["azure-refuses"])
    assert done.document["findings"][0]["next"] == "az login"


@pytest.mark.parametrize(
    ("options", "environment", "code"),
    [
        (("--online", f"{APP_ID}/revisions/one"), {}, "bad-resource-id"),
        (("--online", "/subscriptions/x"), {}, "bad-resource-id"),
        (("--online", APP_ID, "--cloud", "local"), {}, "bad-cloud"),
        (("--online", APP_ID), {"AZURE_CLIENT_SECRET": "s"}, "bad-identity"),
        (
            ("--online", APP_ID),
            {"AZURE_CLIENT_SECRET": "s", "AZURE_CLIENT_ID": "c", "AZURE_TENANT_ID": "no tenant!"},
            "bad-identity",
        ),
        (("--online", "https://app.example", "--cloud", "public"), {}, "bad-online"),
        (("--cloud", "public"), {}, "bad-usage"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage(
    app: Path, apps_python: Path, options: tuple[str, ...], environment: dict[str, str], code: str
) -> None:
    nobody = {"AZURE_CLIENT_ID": "", "AZURE_TENANT_ID": "", "AZURE_CLIENT_SECRET": ""}
    done = check(app, *options, "--json", "--python", apps_python, **{**nobody, **environment})

    assert done.status == 2
    assert done.document["error"]["code"] == code
