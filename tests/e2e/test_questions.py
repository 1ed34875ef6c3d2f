"""The questions of ``funcyard new`` on a terminal, and the same project from a spec file."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from tests.e2e.running import FUNCYARD
from tests.e2e.terminal import converse

from funcyard.settings import read_env_file

CLOCK = {"SOURCE_DATE_EPOCH": "1795132800"}
SPEC = r"""project_name: night-shift

runtime:
  name: python
  version: "3.12"
programming_model: v2
dependency_manager: uv

# Each app has a folder in functions/ and a port on this machine.
function_apps:
  - name: intake
    port: 7081
    purpose: "Takes files: splits them"
    triggers:
      - type: http
        name: intake
        route: files/{id}
      - type: queue
        name: intake_queue
        queue: files
  - name: report
    port: 7072
    triggers:
      - type: timer
        name: report_timer
        schedule: "0 30 3 * * *"
      - type: blob
        name: report_blob
        path: done/{name}

# What the storage emulator holds; what a trigger names is there in any case.
storage:
  blob_containers:
    - name: raw
      description: "As it came: untouched"
    - name: done
  queues:
    - name: files
      description: Names of files
  tables:
    - name: Progress
      description: What was done

# Python packages of the project's own, installed in every app.
local_packages:
  - name: night-tools
    path: ./libs/night-tools
    purpose: Reads the files
  - name: shared
    path: ./shared

# Settings that every app receives; secrets belong in .env.local.
environment:
  - name: NIGHT_MODE
    default: quiet
    description: How loud
  - name: GREETING
    default: "say \"hi\" to $USER # all"

# In the containers only.
system_packages: [git, libgomp1]
azure_cli: true
volumes:
  - source: ./data
    target: /data
    read_only: false

# Why each choice departs from a default.
reasons:
  function_apps.intake.port: "7071 is another project's"
  volumes./data: What the apps exchange
  dependency_manager: It is quick
"""
ANSWERS = {
    "Python version": ["3.12"],
    "Dependency manager": ["uv"],
    "How many function apps": ["2"],
    "App 1: name": ["intake"],
    "App 1: port": ["7081"],
    "App 1: triggers": ["http:files/{id}; queue:files"],
    "App 1: purpose": ["Takes files: splits them"],
    "App 2: name": ["report"],
    "App 2: port": ["7072"],
    "App 2: triggers": ["timer:0 30 3 * * *; blob:done/{name}"],
    "Blob containers": ["raw, done"],
    "raw: what": ["As it came: untouched"],
    "Queues": ["files"],
    "files: what": ["Names of files"],
    "Tables": ["Progress"],
    "Progress: what": ["What was done"],
    "Is there a local package": ["y", "y", "n"],
    "Package: name": ["night-tools", "shared"],
    "Package: folder": ["./libs/night-tools", ""],
    "Package: purpose": ["Reads the files", ""],
    "Is there an environment variable": ["y", "y", "n"],
    "Variable: name": ["NIGHT_MODE", "GREETING"],
    "Variable: value": ["quiet", 'say "hi" to $USER # all'],
    "Variable: what": ["How loud", ""],
    "Debian packages": ["git libgomp1"],
    "Azure CLI": ["y"],
    "Do the containers": ["y", "n"],
    "Volume: folder": ["./data"],
    "Volume: path": ["/data"],
    "Volume: read-only": ["n"],
    "Why function_apps.intake.port": ["7071 is another project's"],
    "Why volumes./data": ["What the apps exchange"],
    "Why dependency_manager": ["It is quick"],
}


def test_answers_make_the_same_project_as_a_file_that_says_the_same(tmp_path: Path) -> None:
    asked, given = tmp_path / "asked" / "night-shift", tmp_path / "given" / "night-shift"
    for root in (asked, given):
        for name in ("libs/night-tools", "shared"):
            (root / name).mkdir(parents=True)
            (root / name / "pyproject.toml").write_text(f"[project]\nname = '{Path(name).name}'\n")
    (tmp_path / "spec.yaml").write_text(SPEC)
    store = ("--memory", "memory")

    code, shown = converse(
        [FUNCYARD, "new", asked.name, *store], ANSWERS,
        cwd=asked.parent, environment=CLOCK,
    )  # fmt: skip
    subprocess.run(
        [FUNCYARD, "new", given.name, "--from", tmp_path / "spec.yaml", "--yes", *store],
        cwd=given.parent, env={**os.environ, **CLOCK}, check=True, capture_output=True,
    )  # fmt: skip

    assert code == 0, shown
    notes = [line for line in shown.splitlines() if "note: " in line]
    assert [note for note in notes if "busy" not in note] == []  # the machine's ports are not ours
    assert tree(asked.parent) == tree(given.parent)


def test_a_package_that_is_not_there_is_said_at_its_question_and_can_be_left_out(
    tmp_path: Path,
) -> None:
    answers = {
        "Is there a local package": ["y", "n"],
        "Package: name": ["shared"],
        "Package: folder": ["./shared", "-"],
    }
    code, shown = converse(
        [FUNCYARD, "new", "shop", "--memory", "memory"], answers, cwd=tmp_path, environment=CLOCK
    )

    assert code == 0, shown
    assert "there is no folder './shared' in the project" in shown
    assert "local_packages" not in (tmp_path / "shop" / "funcyard.yaml").read_text()


@pytest.mark.parametrize("command", [["update", "shop"], ["add", "app", "two", "--dir", "shop"]])
def test_whoever_declines_an_update_has_nothing_changed_and_is_not_interrupted(
    tmp_path: Path, command: list[str]
) -> None:
    store = ("--memory", "memory")
    subprocess.run(
        [FUNCYARD, "new", "shop", "--blueprint", "simple-api", "--yes", *store],
        cwd=tmp_path, env={**os.environ, **CLOCK}, check=True, capture_output=True,
    )  # fmt: skip
    spec = tmp_path / "shop" / "funcyard.yaml"
    spec.write_text(spec.read_text().replace("port: 7071", "port: 7171"))
    before = tree(tmp_path)

    code, shown = converse(
        [FUNCYARD, *command, *store], {"Do that": ["n"]}, cwd=tmp_path, environment=CLOCK
    )

    assert code == 1
    assert "declined: nothing was changed" in shown
    assert "interrupted" not in shown
    assert tree(tmp_path) == before


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file with its bytes and permissions, the random account key and the folder masked.

    The setup notes say what was found of this machine's programs in the time that there was.
    """
    root = next(path.parent for path in folder.glob("*/funcyard.yaml"))
    key = read_env_file(root / ".env.local")["AZURITE_ACCOUNT_KEY"].encode()
    env = hashlib.sha256((root / ".env.local").read_bytes()).hexdigest().encode()
    here = str(folder).encode()
    return {
        path.relative_to(folder).as_posix(): (
            path.read_bytes().replace(key, b"KEY").replace(env, b"DIGEST").replace(here, b"HERE"),
            path.stat().st_mode,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"lock", "setup_notes.md"}
    }
