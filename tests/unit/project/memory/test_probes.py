from __future__ import annotations

import platform
import subprocess
from typing import TYPE_CHECKING

import pytest

from funcyard.project.memory.model import Probe, ProbeState
from funcyard.project.memory.probes import QUESTIONS, begin_probes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PYTHON = platform.python_version().rpartition(".")[0]


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], Path]:
    """Put a real program of that name on the path that is searched."""

    def write(name: str, script: str) -> Path:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return write


def _found(path: Path, within: float = 20, python: str = _PYTHON) -> dict[str, Probe]:
    probes = begin_probes(python, path=str(path)).finish(within=within)
    return {probe.name: probe for probe in probes}


def test_what_is_on_no_path_is_not_found(tmp_path: Path) -> None:
    found = _found(tmp_path)
    assert list(found) == ["Python", *(name for name in QUESTIONS if name != "Docker engine")]
    assert all(
        probe.state is ProbeState.NOT_FOUND for name, probe in found.items() if name != "Python"
    )
    assert found["Python"].version == platform.python_version()


@pytest.mark.parametrize(
    ("program_name", "said", "name", "version"),
    [
        ("tilt", "v0.33.1, built 2023-06-16", "Tilt", "0.33.1"),
        ("func", "4.0.5455", "Azure Functions Core Tools", "4.0.5455"),
        ("poetry", "Poetry (version 1.7.0)", "Poetry", "1.7.0"),
        ("uv", "uv 0.13.8 (abc 2026-01-02)", "uv", "0.13.8"),
        ("node", "v20.20.2", "Node", "20.20.2"),
        ("git", "git version 2.39.5", "Git", "2.39.5"),
        ("python2.9", "Python 2.9.1", "Python", "2.9.1"),
    ],
)
def test_versions_are_taken_from_what_each_program_says(
    program: Callable[[str, str], Path],
    program_name: str,
    said: str,
    name: str,
    version: str,
    tmp_path: Path,
) -> None:
    program(program_name, f"echo '{said}'")
    python = "2.9" if name == "Python" else _PYTHON
    assert _found(tmp_path, python=python)[name] == Probe(name, version, ProbeState.FOUND)


@pytest.mark.parametrize(
    ("engine", "detail"),
    [
        ("""echo '"26.1.0" 4 8327311360'""", "engine 26.1.0 running, 4 CPUs, 7.8 GB memory"),
        ("""echo '"" 0 0'; echo 'Cannot connect' >&2; exit 1""", "the engine is not running"),
    ],
)
def test_docker_says_whether_its_engine_runs_and_what_it_has(
    program: Callable[[str, str], Path], tmp_path: Path, engine: str, detail: str
) -> None:
    program("docker", f'[ "$1" = info ] || {{ echo Docker version 28.2.2; exit; }}\n{engine}')
    assert _found(tmp_path)["Docker"] == Probe("Docker", "28.2.2", ProbeState.FOUND, detail)


def test_what_does_not_answer_in_time_is_ended_and_said(
    program: Callable[[str, str], Path], tmp_path: Path
) -> None:
    program("poetry", f"echo $$ > {tmp_path}/pid; sleep 60 & wait")
    probing = begin_probes(_PYTHON, path=str(tmp_path))
    process = probing.running["Poetry"].process
    probes = {probe.name: probe for probe in probing.finish(within=0.0)}
    assert probes["Poetry"] == Probe("Poetry", None, ProbeState.NO_ANSWER)
    assert process.returncode == -9


def test_what_is_installed_but_broken_is_not_called_found(
    program: Callable[[str, str], Path], tmp_path: Path
) -> None:
    program("tilt", "echo 1.2.3; exit 3")
    tilt = _found(tmp_path)["Tilt"]
    assert (tilt.version, tilt.state) == (None, ProbeState.NOT_FOUND)
    assert tilt.detail == "installed, but does not run"


def test_a_program_that_cannot_be_started_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "uv").write_bytes(b"\x7fELF broken")
    (tmp_path / "uv").chmod(0o755)
    uv = _found(tmp_path)["uv"]
    assert uv.state is ProbeState.NOT_FOUND
    assert uv.detail.startswith("cannot be started")


def test_the_programs_of_this_machine_say_what_they_are() -> None:
    git = subprocess.run(["git", "--version"], check=True, capture_output=True, text=True).stdout
    (found,) = (p for p in begin_probes(_PYTHON).finish(within=20) if p.name == "Git")
    assert found.version
    assert found.version in git


def test_questions_that_nobody_waits_for_are_ended(
    program: Callable[[str, str], Path], tmp_path: Path
) -> None:
    program("tilt", "sleep 60")
    with begin_probes(_PYTHON, path=str(tmp_path)) as probing:
        process = probing.running["Tilt"].process
    assert process.returncode == -9


def test_answers_stay_when_the_questions_are_left(
    program: Callable[[str, str], Path], tmp_path: Path
) -> None:
    program("docker", "echo Docker version 28.2.2")
    with begin_probes(_PYTHON, path=str(tmp_path)) as probing:
        answers = probing.finish(within=20)
    assert probing.finish(within=0) == answers
