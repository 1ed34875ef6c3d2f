"""What Funcyard itself generates: ``funcyard check`` finds nothing at all to mend in it."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import pytest
from tests.e2e.running import FUNCYARD
from tests.integration.preflight.checking import check

from funcyard.project.catalog import blueprint

MANAGERS = ["pip", "poetry", "uv"]
TRIGGERS = ["http", "timer", "queue", "blob"]
PAIRS = list(itertools.combinations_with_replacement(TRIGGERS, 2))


def make(folder: Path, spec: str) -> Path:
    """Generate a project from the text of a spec and return its folder."""
    written = folder / "spec.yaml"
    written.write_text(spec, encoding="utf-8")
    project = folder / "project"
    subprocess.run(
        [FUNCYARD, "new", project, "--from", written, "--yes", "--memory", folder / "memory"],
        check=True,
        capture_output=True,
    )
    return project


def spec_of_pairs() -> str:
    """A spec with an app for every pair of triggers."""
    lines = ["project_name: pairs", "function_apps:"]
    for first, second in PAIRS:
        app = f"{first}-{second}"
        lines += [f"  - name: {app}", "    triggers:"]
        lines += [
            f"      - {{type: {kind}, name: f{number}}}"
            for number, kind in enumerate((first, second))
        ]
    return "\n".join(lines) + "\n"


def test_nothing_is_found_in_apps_of_any_two_triggers(tmp_path: Path, apps_python: Path) -> None:
    project = make(tmp_path, spec_of_pairs())

    done = check(project, "--json", "--python", apps_python)

    assert done.document["findings"] == []
    assert len(done.document["functions"]) == 2 * len(PAIRS)
    assert done.status == 0


@pytest.mark.parametrize("manager", MANAGERS)
@pytest.mark.parametrize("name", ["simple-api", "data-pipeline"])
def test_nothing_is_found_in_the_blueprints(
    tmp_path: Path, apps_python: Path, name: str, manager: str
) -> None:
    text = blueprint(name).spec_text
    for given in MANAGERS:
        text = text.replace(f"dependency_manager: {given}\n", f"dependency_manager: {manager}\n")
    project = make(tmp_path, text)
    subprocess.run(["git", "init", "-q", project], check=True)

    done = check(project, "--json", "--python", apps_python)

    assert done.document["findings"] == []
    assert done.document["functions"]
    assert done.status == 0


def test_a_trigger_of_the_spec_that_the_code_lacks_is_found(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make(tmp_path, "project_name: plain\nfunction_apps: [api]\n")
    text = "project_name: plain\nfunction_apps:\n  - name: api\n    port: 7071\n    triggers:\n"
    text += "      - {type: http, name: api}\n      - {type: queue, name: take, queue: tasks}\n"
    (project / "funcyard.yaml").write_text(text)

    done = check(project, "--json", "--python", apps_python)

    assert done.rules == ["functions-declared"]
    [finding] = done.document["findings"]
    assert "take (queue `tasks`) is declared in funcyard.yaml and not found" in finding["message"]
    assert done.status == 0
