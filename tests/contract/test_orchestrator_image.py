"""The image of the orchestrator: by hadolint, with the packages that are tested, with scenarios."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.contract.conftest import ROOT

from funcyard.functions.runtimes import base_image
from funcyard.orchestrator.scenarios import read_scenarios
from funcyard.orchestrator.selecting import SIZES
from funcyard.preflight.shipping.dockerignore import Dockerignore

_APP = ROOT / "orchestrator"
_PINNED = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)


def _dockerfile() -> str:
    return (_APP / "Dockerfile").read_text(encoding="utf-8")


def _lock() -> str:
    return (ROOT / "requirements" / "orchestrator.txt").read_text(encoding="utf-8")


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [hadolint, _APP / "Dockerfile"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_base_is_microsoft_s_image_for_the_python_that_is_locked_for() -> None:
    assert f"ARG BASE_IMAGE={base_image('python', '3.11')}\n" in _dockerfile()


def test_what_the_image_installs_is_what_is_tested_and_all_that_is_asked_for() -> None:
    tested = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    pinned = dict(_PINNED.findall(_lock()))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert set(_PINNED.findall(_lock())) <= set(_PINNED.findall(tested))
    assert _lock().count("--hash=") >= len(pinned) > 0
    for text in (*project["dependencies"], *project["optional-dependencies"]["orchestrator"]):
        wanted = Requirement(text)
        assert pinned[canonicalize_name(wanted.name)] in wanted.specifier


def test_the_scenarios_are_in_the_image_where_its_settings_look_for_them() -> None:
    ignored = Dockerignore((_APP / "Dockerfile.dockerignore").read_text(encoding="utf-8"))
    scenarios = read_scenarios(_APP / "scenarios")
    taken = [
        one
        for one in scenarios
        if not ignored.decides(f"orchestrator/scenarios/{one.scenario_doc_path}")
    ]

    assert len(taken) == len(scenarios) >= SIZES["small"]
    assert "COPY orchestrator/ /home/site/wwwroot/\n" in _dockerfile()
    assert "SCENARIOS_FOLDER=/home/site/wwwroot/scenarios\n" in _dockerfile()
    assert ignored.decides("orchestrator/local.settings.json")
    assert ignored.decides("docs/orchestrator.md")
