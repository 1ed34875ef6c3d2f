"""What VS Code reads: a debugger for each app, here and in its container."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.contract.templates.conftest import Project

_SCRIPT_ROOT = "/home/site/wwwroot"


def launch(project: Project) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(project.text(".vscode/launch.json"))
    return document


def test_every_app_has_a_debugger_to_attach_here_and_in_its_container(project: Project) -> None:
    found = launch(project)["configurations"]
    apps = [app.name for app in project.spec.function_apps]
    assert [each["name"] for each in found] == [
        f"Attach to {app} ({where})" for app in apps for where in ("funcyard up", "container")
    ]
    assert {(each["type"], each["request"]) for each in found} == {("debugpy", "attach")}
    ports = [each["connect"] for each in found]
    assert ports == [
        {"host": "127.0.0.1", "port": port}
        for port in range(5678, 5678 + len(apps))
        for _ in ("funcyard up", "container")
    ]


def test_paths_are_mapped_to_where_the_code_runs(project: Project) -> None:
    found = {each["name"]: each["pathMappings"] for each in launch(project)["configurations"]}
    for app in project.spec.function_apps:
        here = f"${{workspaceFolder}}/functions/{app.name}"
        assert found[f"Attach to {app.name} (funcyard up)"] == [
            {"localRoot": here, "remoteRoot": here}
        ]
        assert found[f"Attach to {app.name} (container)"] == [
            {"localRoot": here, "remoteRoot": _SCRIPT_ROOT}
        ]
        assert f"COPY functions/{app.name}/ {_SCRIPT_ROOT}/" in project.text(
            f".docker/{app.name}/Dockerfile"
        )


def test_the_compounds_name_configurations_that_there_are(project: Project) -> None:
    document = launch(project)
    names = [each["name"] for each in document["configurations"]]
    compounds = document["compounds"]
    assert len(compounds) == 2
    assert sorted(name for each in compounds for name in each["configurations"]) == sorted(names)
