"""The second cause of seed 004: an E16 profile of one node, which a rollout needs twice.

The project is laid out as the one that failed: a template with a module for the environment and one
for the app, the profile's size given by the first, the app's by the second.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.forked_command import funcyard
from tests.integration.preflight.one_node import FILES, MAIN, ORCHESTRATOR
from tests.unit.preflight.given import write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project as it was."""
    return write(tmp_path, FILES)


def _have_replicas(project: Path, least: int) -> None:
    """Set minReplicas: 0 is what the project had when it failed."""
    file = project / "infra" / "modules" / "orchestrator.bicep"
    file.write_text(ORCHESTRATOR.replace("minReplicas: 1", f"minReplicas: {least}"))


def _check(project: Path, python: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    words = ("--json", "--ignore", "workstation", "--python", python)
    done = funcyard("check", project, *words, *options, cwd=project)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)["findings"]


@pytest.mark.parametrize("least", [0, 1])
def test_the_profile_of_one_node_is_the_first_finding(
    project: Path, apps_python: Path, least: int
) -> None:
    _have_replicas(project, least)
    status, findings = _check(project, apps_python)
    first = findings[0]
    assert status == 1
    assert (first["rule"], first["severity"]) == ("workload-profile-too-small", "error")
    assert (first["file"], first["line"]) == ("infra/main.bicep", 15)
    assert first["evidence"] == "maximumCount: environment == 'prod' ? 3 : 1"
    assert first["next"] == "maximumCount: 2"
    assert "asks for 16 vCPU and 128 GiB" in first["message"]
    assert "need 2 nodes, and maximumCount is 1" in first["message"]


def test_an_image_that_every_deployment_calls_the_same_comes_after_it(
    project: Path, apps_python: Path
) -> None:
    _have_replicas(project, 0)
    main = project / "infra" / "main.bicep"
    default = "orchestratorImage string = 'haymaker.azurecr.io/orchestrator:latest'"
    main.write_text(MAIN.replace("orchestratorImage string", default))
    _, findings = _check(project, apps_python)
    assert [(one["rule"], one["severity"]) for one in findings] == [
        ("workload-profile-too-small", "error"),
        ("image-not-changed-by-deploy", "warning"),
    ]


@pytest.mark.parametrize("least", [0, 1])
def test_two_nodes_are_enough(project: Path, apps_python: Path, least: int) -> None:
    _have_replicas(project, least)
    main = project / "infra" / "main.bicep"
    main.write_text(MAIN.replace("? 3 : 1", "? 3 : 2"))
    assert _check(project, apps_python) == (0, [])


def test_the_environment_that_has_room_is_told_apart(project: Path, apps_python: Path) -> None:
    for stage in ("dev", "prod"):
        given = f"param environment = '{stage}'\nparam orchestratorImage = 'a/b:1'\n"
        (project / "infra" / f"{stage}.bicepparam").write_text(f"using 'main.bicep'\n{given}")
    _, findings = _check(project, apps_python, "--only", "capacity")
    assert [finding["message"].rpartition("(")[2] for finding in findings] == [
        "with infra/dev.bicepparam)"
    ]
