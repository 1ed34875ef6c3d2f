"""Paths inside a project: links are not followed, nothing outside is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from funcyard.project.tree import PathBlockedError, UnsafePathError, locate, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", ["../a", "/a", "a/../b", "a//b", "./a", ".git/config", "", "a\0b"])
def test_a_path_out_of_the_project_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(UnsafePathError):
        locate(tmp_path, path)


def test_a_linked_folder_on_the_way_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("theirs")
    project = tmp_path / "project"
    project.mkdir()
    (project / "functions").symlink_to(outside)
    with pytest.raises(PathBlockedError, match="functions is a symbolic link"):
        read(project, "functions/file")


def test_a_linked_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("theirs")
    (tmp_path / "file").symlink_to("secret")
    with pytest.raises(PathBlockedError, match="file is a symbolic link"):
        read(tmp_path, "file")


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Makefile").mkdir()
    with pytest.raises(PathBlockedError, match="Makefile is a folder"):
        read(tmp_path, "Makefile")


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "functions").write_text("")
    with pytest.raises(PathBlockedError, match="functions is a file"):
        read(tmp_path, "functions/app/host.json")


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert read(tmp_path, "a/b/c") is None
