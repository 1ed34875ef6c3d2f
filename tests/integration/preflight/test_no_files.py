"""Folders in which something else than files has the names of files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.integration.preflight.checking import check, write_app

PIPES = (
    ".dockerignore",
    ".env",
    ".env.production",
    ".funcignore",
    ".python-version",
    "Dockerfile",
    "Dockerfile.dev",
    "azure.yaml",
    "compose.yml",
    "constraints.txt",
    "docker-compose.prod.yaml",
    "key.pem",
    "lib.py",
    "main.bicep",
    "main.bicepparam",
    "requirements.in",
    "requirements.txt",
    "template.json",
    "tool.sh",
    "old/function.json",
    ".github/workflows/ci.yml",
    "Makefile",
    "notes.md",
)


@pytest.mark.parametrize("is_git", [False, True])
def test_pipes_are_passed_over_whatever_they_are_called(
    tmp_path: Path, apps_python: Path, *, is_git: bool
) -> None:
    app = write_app(tmp_path / "api")
    for name in PIPES:
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(app / name)
    if is_git:
        subprocess.run(["git", "init", "-q", app], check=True)

    done = check(app, "--python", apps_python)

    assert (done.status, done.errors) == (0, "")
    assert done.output.endswith("1 app, 1 function found: nothing to mend\n")


def test_a_requirements_file_may_include_what_is_no_file(tmp_path: Path, apps_python: Path) -> None:
    app = write_app(tmp_path / "api", requirements__txt="azure-functions==1.24.0\n-r sub.txt\n")
    os.mkfifo(app / "sub.txt")

    assert check(app, "--python", apps_python).status == 0


@pytest.mark.parametrize("name", ["local.settings.json", "host.json", "pyproject.toml"])
def test_what_has_to_be_read_and_is_no_file_is_said_to_be_none(
    tmp_path: Path, apps_python: Path, name: str
) -> None:
    app = write_app(tmp_path / "api")
    (app / name).unlink(missing_ok=True)
    os.mkfifo(app / name)

    done = check(app, "--python", apps_python)

    assert done.status in {1, 2}
    assert "Traceback" not in done.errors
    assert name in done.output + done.errors
