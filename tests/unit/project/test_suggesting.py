from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from funcyard.project.suggesting import project_name_for, suggest_name


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("https://github.com/someone/My_Data.Pipeline.git", "my-data-pipeline"),
        ("git@github.com:someone/tools.git", "tools"),
        ("/srv/git/2024-reports/", "reports"),
        ("https://example.org/---.git", "some-repo"),
    ],
)
def test_a_repository_is_named_after_its_remote(tmp_path: Path, remote: str, name: str) -> None:
    folder = tmp_path / "Some Repo"
    folder.mkdir()
    _git(folder, "init", "--quiet")
    _git(folder, "remote", "add", "origin", remote)

    assert suggest_name(folder) == name


def test_a_repository_without_a_remote_is_named_after_its_folder(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    _git(tmp_path / "outer", "init", "--quiet")

    assert suggest_name(inner) == "outer"


def test_a_folder_outside_any_repository_gives_its_own_name(tmp_path: Path) -> None:
    folder = tmp_path / "My App"
    folder.mkdir()

    assert suggest_name(folder) == "my-app"


def test_a_folder_that_is_not_there_yet_gives_its_own_name(tmp_path: Path) -> None:
    _git(tmp_path, "init", "--quiet")

    assert suggest_name(tmp_path / "new-one") == "new-one"
    assert suggest_name(tmp_path / "数据") == "my-project"
    assert len(suggest_name(tmp_path / ("a" * 200))) == 60


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("My App", "my-app"),
        ("7up_x", "up-x"),
        ("ÄÖ", "ao"),
        ("Ünïcode", "unicode"),
        ("Größe", "grosse"),
        ("ﬁle", "file"),
        ("数据", "my-project"),
        ("a.b", "a-b"),
        ("p", "p-project"),
    ],
)
def test_a_folders_name_becomes_a_projects(folder: str, name: str) -> None:
    assert project_name_for(Path("/somewhere") / folder) == name
