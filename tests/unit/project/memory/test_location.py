from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from funcyard.project.memory.location import (
    BadProjectNameError,
    MemoryOutsideError,
    git_root,
    project_folder,
    projects,
    store_for,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_memory_lies_at_the_nearest_git_root(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert store_for(tmp_path / "build" / "new-project") == tmp_path / ".funcyard" / "memory"


def test_a_worktree_has_its_own_root(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / ".git").write_text("gitdir: elsewhere\n")
    assert git_root(tmp_path / "tree" / "project") == tmp_path / "tree"


def test_without_git_memory_lies_in_the_project(tmp_path: Path) -> None:
    assert store_for(tmp_path / "p") == tmp_path / "p" / ".funcyard" / "memory"


def test_a_store_that_a_person_names_wins(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert store_for(tmp_path, tmp_path / "all") == tmp_path / "all"


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/etc", ".hidden", "a\0b", "a b"])
def test_a_name_that_is_no_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadProjectNameError):
        project_folder(tmp_path, name)


def test_a_store_that_leads_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / ".funcyard").symlink_to(tmp_path)
    with pytest.raises(MemoryOutsideError):
        store_for(repository)


def test_only_folders_of_projects_are_listed(tmp_path: Path) -> None:
    folder = tmp_path / "generate-azure-functions"
    for name in ("two", "one", ".git"):
        (folder / name).mkdir(parents=True)
    (folder / "index.md").write_text("")
    (folder / "link").symlink_to(tmp_path)
    assert projects(tmp_path) == ["one", "two"]
    assert projects(tmp_path / "nowhere") == []
