"""The generated Python: compiled, linted by the project's own rules, and its tests really run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.templates.conftest import Project

RUFF = Path(sys.executable).with_name("ruff")


def ruff(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [RUFF, *arguments, "--no-cache", "."],
        cwd=project.root,
        check=False,
        capture_output=True,
        text=True,
    )


def test_every_python_file_compiles(project: Project) -> None:
    for file in project.paths(".py"):
        compile(file.read_text(), str(file), "exec", dont_inherit=True)


def test_ruff_finds_nothing_by_the_projects_own_rules(project: Project) -> None:
    checked = ruff(project, "check")
    assert checked.returncode == 0, checked.stdout


def test_the_generated_functions_are_formatted(project: Project) -> None:
    formatted = ruff(project, "format", "--check", "--diff")
    assert formatted.returncode == 0, formatted.stdout


def test_the_unit_tests_of_every_app_pass(project: Project, judge: Callable[[str], Path]) -> None:
    python = judge("apps") / "bin" / "python"
    packages = os.pathsep.join(
        str(project.root / package.path / "src") for package in project.spec.local_packages
    )
    for app in project.spec.function_apps:
        folder = project.root / "functions" / app.name
        if not (folder / "tests").is_dir():
            continue
        done = subprocess.run(
            [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_functions_have_the_names_and_triggers_of_the_spec(
    project: Project, judge: Callable[[str], Path]
) -> None:
    python = judge("apps") / "bin" / "python"
    code = (
        "import function_app as m\n"
        "for f in m.app.get_functions(): print(f.get_function_name(), f.get_trigger().type)"
    )
    for app in project.spec.function_apps:
        if project.files[f"functions/{app.name}/function_app.py"].template != "app/function_app.py":
            continue
        done = subprocess.run(
            [python, "-B", "-c", code],
            cwd=project.root / "functions" / app.name,
            check=True,
            capture_output=True,
            text=True,
        )
        kinds = {"http": "httpTrigger", "timer": "timerTrigger"}
        kinds |= {"queue": "queueTrigger", "blob": "blobTrigger"}
        expected = [f"{trigger.name} {kinds[trigger.type]}" for trigger in app.triggers]
        assert done.stdout.split("\n")[:-1] == expected
