"""The shipped locks by real Poetry, and what `up` installs by Poetry's own exporter."""

from __future__ import annotations

import re
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from funcyard.project.dependencies import (
    DependencyError,
    locked_requirements,
    poetry_content_hash,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.contract.templates.conftest import Project

HASH = re.compile(r"--hash=(\S+)")


def poetry(judge: Callable[[str], Path], folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [judge("poetry") / "bin" / "poetry", "--no-interaction", *arguments],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def parsed(line: str) -> tuple[str, str, frozenset[str]]:
    requirement = Requirement(HASH.sub("", line).strip())
    name = f"{requirement.name.lower().replace('_', '-')}{requirement.specifier}"
    return name, str(requirement.marker or ""), frozenset(HASH.findall(line))


def test_poetry_accepts_every_generated_lock(
    project: Project, judge: Callable[[str], Path]
) -> None:
    locks = project.paths("/poetry.lock")
    assert len({lock.read_bytes() for lock in locks}) <= 1
    for lock in locks[:1]:
        assert "All set!" in poetry(judge, lock.parent, "check", "--lock")
    for lock in locks:
        pyproject = tomllib.loads((lock.parent / "pyproject.toml").read_text())
        content = tomllib.loads(lock.read_text())
        assert poetry_content_hash(pyproject) == content["metadata"]["content-hash"]


def test_what_up_installs_is_what_poetry_exports(
    pipeline: Project, judge: Callable[[str], Path]
) -> None:
    folder = pipeline.root / "functions" / "loader"
    exported = poetry(judge, folder, "export", "--format", "requirements.txt")
    theirs = {}
    for line in exported.replace("\\\n", " ").splitlines():
        name, marker, hashes = parsed(line)
        theirs[name] = (marker, hashes)
    ours = {}
    for line in locked_requirements(folder, "poetry").splitlines():
        name, marker, hashes = parsed(line)
        ours[name] = (marker, hashes)
    assert ours.keys() == theirs.keys()
    for name, (marker, hashes) in ours.items():
        assert hashes == theirs[name][1]
        # The exporter repeats requires-python in every marker.
        assert all(part in theirs[name][0] for part in marker.split(" and "))


def test_a_changed_pyproject_asks_for_a_new_lock(pipeline: Project, tmp_path: Path) -> None:
    source = pipeline.root / "functions" / "loader"
    for name in ("pyproject.toml", "poetry.lock"):
        (tmp_path / name).write_text((source / name).read_text())
    text = (source / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(
        text.replace("azure-storage-blob>=12.31", "azure-storage-blob>=12.30")
    )
    with pytest.raises(DependencyError, match=r"does not belong to pyproject\.toml") as fault:
        locked_requirements(tmp_path, "poetry")
    assert fault.value.hint
    assert "poetry lock" in fault.value.hint


def test_no_lock_names_an_index(project: Project) -> None:
    for ending in ("poetry.lock", "requirements.txt"):
        for lock in project.paths(ending):
            text = lock.read_text()
            assert "://" not in text
            assert "index-url" not in text.replace("--no-emit-index-url", "")


def test_azure_functions_is_pinned_for_old_and_new_pythons(project: Project) -> None:
    for app in project.spec.function_apps:
        folder = project.root / "functions" / app.name
        lines = locked_requirements(folder, project.spec.dependency_manager).splitlines()
        pins = {
            str(requirement.specifier): requirement.marker
            for line in lines
            if (requirement := Requirement(HASH.sub("", line).strip())).name == "azure-functions"
        }
        assert list(pins) == ["==1.26.0", "==2.3.0"]
        for version, wanted in (
            ("3.11", "==1.26.0"),
            ("3.12", "==1.26.0"),
            ("3.13", "==2.3.0"),
            ("3.14", "==2.3.0"),
        ):
            given = {"python_version": version, "python_full_version": f"{version}.0"}
            chosen = [pin for pin, marker in pins.items() if marker and marker.evaluate(given)]
            assert chosen == [wanted]
